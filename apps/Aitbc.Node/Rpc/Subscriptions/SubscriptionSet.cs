using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>The subscriptions of one connection, and the messages that an event makes of them.</summary>
internal sealed class SubscriptionSet(int most) : ISubscriber
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Subscription> byId = new(StringComparer.Ordinal);

    public JsonNode? Subscribe(RpcParams p)
    {
        var kind = RpcParams.Text(p.Required(0)) switch
        {
            "newHeads" => SubscriptionKind.NewHeads,
            "logs" => SubscriptionKind.Logs,
            "newPendingTransactions" => SubscriptionKind.PendingTransactions,
            _ => throw RpcError.InvalidParams(
                "invalid argument 0: subscribe to newHeads, logs or newPendingTransactions"),
        };
        var criteria = kind == SubscriptionKind.Logs ? LogCriteria.Read(p[1]) : null;
        var id = "0x" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (gate)
        {
            if (byId.Count >= most)
                throw new RpcError(-32005, $"too many subscriptions: at most {most} a connection");
            byId[id] = new Subscription(id, kind, criteria, p.Flag(1));
        }

        return id;
    }

    public JsonNode? Unsubscribe(RpcParams p)
    {
        lock (gate)
            return byId.Remove(RpcParams.Text(p.Required(0)) ?? "");
    }

    /// <summary>The answers with the new ids are sent: events may follow.</summary>
    public void Activate()
    {
        lock (gate)
        {
            foreach (var subscription in byId.Values)
                subscription.IsActive = true;
        }
    }

    public bool WantsBlocks => Any(s => s.Kind != SubscriptionKind.PendingTransactions);

    public bool WantsPending => Any(s => s.Kind == SubscriptionKind.PendingTransactions);

    public IEnumerable<JsonObject> Messages(BlockResult block)
    {
        foreach (var subscription in Active())
        {
            if (subscription.Kind == SubscriptionKind.NewHeads)
                yield return Message(subscription, RpcShapes.Header(block.Block.Header));
            if (subscription.Criteria is not { } criteria || !criteria.MayMatch(block.Block))
                continue;
            for (var i = 0; i < block.Receipts.Count; i++)
            {
                foreach (var (shape, log) in RpcShapes.Logs(block.Block, block.Receipts, i).Zip(block.Receipts[i].Logs))
                {
                    if (criteria.Matches(log))
                        yield return Message(subscription, shape);
                }
            }
        }
    }

    public IEnumerable<JsonObject> Messages(Transaction transaction, Address sender)
    {
        foreach (var subscription in Active().Where(s => s.Kind == SubscriptionKind.PendingTransactions))
        {
            yield return Message(subscription, subscription.Full
                ? RpcShapes.Transaction(transaction, sender, null, 0)
                : transaction.Hash.ToHex());
        }
    }

    private static JsonObject Message(Subscription subscription, JsonNode? result) => new()
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "eth_subscription",
        ["params"] = new JsonObject { ["subscription"] = subscription.Id, ["result"] = result },
    };

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
