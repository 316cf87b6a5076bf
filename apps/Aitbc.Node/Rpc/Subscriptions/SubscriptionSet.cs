using System.Text.Json;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Shapes;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>The subscriptions of one connection, and the messages that an event makes of them.</summary>
internal sealed class SubscriptionSet(NodeOptions options) : ISubscriber
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Subscription> byId = new(StringComparer.Ordinal);

    /// <summary>Writes the result of one message.</summary>
    internal delegate void WriteEvent(Utf8JsonWriter json);

    public bool WantsBlocks => Any(s => s.Kind != SubscriptionKind.PendingTransactions);

    public bool WantsPending => Any(s => s.Kind == SubscriptionKind.PendingTransactions);

    public void Subscribe(in RpcCall call, Utf8JsonWriter json)
    {
        var kind = RpcValue.Text(call.Required(0)) switch
        {
            "newHeads" => SubscriptionKind.NewHeads,
            "logs" => SubscriptionKind.Logs,
            "newPendingTransactions" => SubscriptionKind.PendingTransactions,
            _ => throw RpcError.InvalidParams(
                "invalid argument 0: subscribe to newHeads, logs or newPendingTransactions"),
        };
        var criteria = kind == SubscriptionKind.Logs ? LogCriteria.Read(call[1], options) : null;
        var id = RandomId.Next();
        lock (gate)
        {
            if (byId.Count >= options.MaxSubscriptions)
                throw RpcError.TooMuch($"too many subscriptions: at most {options.MaxSubscriptions} a connection");
            byId[id] = new Subscription(id, kind, criteria, call.Flag(1));
        }

        json.WriteStringValue(id);
    }

    public void Unsubscribe(in RpcCall call, Utf8JsonWriter json)
    {
        var id = RpcValue.Text(call.Required(0)) ?? "";
        lock (gate)
            json.WriteBooleanValue(byId.Remove(id));
    }

    /// <summary>The answers with the new ids go out next: events may follow them.</summary>
    public void Activate()
    {
        lock (gate)
        {
            foreach (var subscription in byId.Values)
                subscription.IsActive = true;
        }
    }

    public IEnumerable<(string Id, WriteEvent Result)> Messages(BlockView block)
    {
        foreach (var subscription in Active())
        {
            if (subscription.Kind == SubscriptionKind.NewHeads)
                yield return (subscription.Id, json => BlockShape.WriteHead(json, block));
            if (subscription.Criteria is not { } criteria || !criteria.MayMatch(block.Header))
                continue;
            for (var i = 0; i < block.Receipts.Count; i++)
            {
                for (var j = 0; j < block.Receipts[i].Logs.Count; j++)
                {
                    var (tx, log) = (i, j);
                    if (criteria.Matches(block.Receipts[i].Logs[j]))
                        yield return (subscription.Id, json => ReceiptShape.WriteLog(json, block, tx, log));
                }
            }
        }
    }

    public IEnumerable<(string Id, WriteEvent Result)> Messages(Transaction transaction, Address sender)
    {
        foreach (var subscription in Active().Where(s => s.Kind == SubscriptionKind.PendingTransactions))
        {
            yield return (subscription.Id, json =>
            {
                if (subscription.Full)
                    TransactionShape.WritePending(json, transaction, sender);
                else
                    json.Data(transaction.Hash);
            }
            );
        }
    }

    private bool Any(Func<Subscription, bool> wanted)
    {
        lock (gate)
            return byId.Values.Any(s => s.IsActive && wanted(s));
    }

    private List<Subscription> Active()
    {
        lock (gate)
            return [.. byId.Values.Where(s => s.IsActive)];
    }
}
