using System.Globalization;
using System.Text.Json;
using Aitbc.Node.Engine;
using Aitbc.Node.Pool;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Shapes;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Sending;

/// <summary>
/// What waits, as stock nodes tell it: <c>pending</c> are transactions that a block could take by their nonce,
/// <c>queued</c> those behind a gap; by account in lower case, then by nonce in decimal.
/// </summary>
internal sealed class PoolMethods(Chain chain, NodeOptions options)
{
    private delegate void WriteItem(Utf8JsonWriter json, Waiting waiting);

    public void Status(in RpcCall call, Utf8JsonWriter json)
    {
        var (pending, queued) = chain.Pool.Counts;
        json.WriteStartObject();
        json.Quantity("pending"u8, (ulong)pending);
        json.Quantity("queued"u8, (ulong)queued);
        json.WriteEndObject();
    }

    public void Content(in RpcCall call, Utf8JsonWriter json) => WriteAll(call, json, WriteWhole);

    public void Inspect(in RpcCall call, Utf8JsonWriter json) => WriteAll(call, json, WriteSummary);

    /// <summary>Of one account: bounded by what the pool holds of one.</summary>
    public void ContentFrom(in RpcCall call, Utf8JsonWriter json)
    {
        var content = chain.Pool.ContentOf(call.Address(0)).ToLookup(c => c.IsPending, c => c.Waiting);
        json.WriteStartObject();
        WriteNonces(call, json, "pending", content[true], WriteWhole);
        WriteNonces(call, json, "queued", content[false], WriteWhole);
        json.WriteEndObject();
    }

    private void WriteAll(in RpcCall call, Utf8JsonWriter json, WriteItem write)
    {
        var most = options.MaxPoolListing;
        var content = chain.Pool.Content(most + 1);
        if (content.Count > most)
            throw RpcError.TooMuch($"more than {most} transactions wait: ask with txpool_contentFrom for an account");
        var byKind = content.ToLookup(c => c.IsPending, c => c.Waiting);
        json.WriteStartObject();
        foreach (var (name, isPending) in new[] { ("pending", true), ("queued", false) })
        {
            json.WriteStartObject(name);
            foreach (var account in byKind[isPending].GroupBy(w => w.Sender))
                WriteNonces(call, json, account.Key.ToHex(), account, write);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteNonces(
        in RpcCall call, Utf8JsonWriter json, string name, IEnumerable<Waiting> waiting, WriteItem write)
    {
        json.WriteStartObject(name);
        foreach (var item in waiting.OrderBy(w => w.Transaction.Nonce))
        {
            call.Deadline.Check();
            json.WritePropertyName(item.Transaction.Nonce.ToString(CultureInfo.InvariantCulture));
            write(json, item);
        }

        json.WriteEndObject();
    }

    private static void WriteWhole(Utf8JsonWriter json, Waiting waiting) =>
        TransactionShape.WritePending(json, waiting.Transaction, waiting.Sender);

    // The words that geth made of it; tools split them.
    private static void WriteSummary(Utf8JsonWriter json, Waiting waiting)
    {
        var tx = waiting.Transaction;
        json.WriteStringValue(string.Create(
            CultureInfo.InvariantCulture,
            $"{Receiver(tx)}: {tx.Value} wei + {tx.GasLimit} gas \u00d7 {tx.MaxFeePerGas} wei"));
    }

    private static string Receiver(Transaction transaction) =>
        transaction.To is { } to ? to.ToHex() : "contract creation";
}
