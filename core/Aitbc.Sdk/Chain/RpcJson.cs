using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Chain;

/// <summary>The hex forms of Ethereum JSON-RPC, strict about meaning and lenient about leading zeros.</summary>
internal static class RpcJson
{
    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    public static UInt256 UInt256(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Primitives.UInt256.Parse(element.GetString()!),
        JsonValueKind.Number => element.GetUInt64(),
        _ => throw new FormatException("The node did not send a number."),
    };

    public static ulong UInt64(JsonElement element) => (ulong)UInt256(element);

    public static byte[] Bytes(JsonElement element) => Hex.Parse(Text(element));

    public static Hash256 Hash(JsonElement element) => Hash256.Parse(Text(element));

    public static Address Address(JsonElement element) => Primitives.Address.Parse(Text(element));

    public static void WriteCall(Utf8JsonWriter writer, CallRequest call)
    {
        writer.WriteStartObject();
        if (call.From is { } from)
            writer.WriteString("from", from.ToHex());
        if (call.To is { } to)
            writer.WriteString("to", to.ToHex());
        if (!call.Value.IsZero)
            writer.WriteString("value", call.Value.ToQuantity());
        if (!call.Data.IsEmpty)
            writer.WriteString("data", Hex.ToHex(call.Data.Span));
        writer.WriteEndObject();
    }

    public static void WriteFilter(Utf8JsonWriter writer, LogFilter filter)
    {
        writer.WriteStartObject();
        writer.WriteString("fromBlock", Quantity(filter.FromBlock));
        writer.WriteString("toBlock", filter.ToBlock is { } last ? Quantity(last) : "latest");
        if (filter.Address is { } address)
            writer.WriteString("address", address.ToHex());
        if (filter.Topics is { Count: > 0 } topics)
        {
            writer.WriteStartArray("topics");
            foreach (var topic in topics)
            {
                if (topic is { } hash)
                    writer.WriteStringValue(hash.ToString());
                else
                    writer.WriteNullValue();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    public static TransactionReceipt Receipt(JsonElement e) => new()
    {
        TransactionHash = Hash(e.GetProperty("transactionHash")),
        BlockHash = Hash(e.GetProperty("blockHash")),
        BlockNumber = UInt64(e.GetProperty("blockNumber")),
        TransactionIndex = UInt64(e.GetProperty("transactionIndex")),
        From = Address(e.GetProperty("from")),
        To = OptionalAddress(e, "to"),
        Succeeded = UInt64(e.GetProperty("status")) == 1,
        GasUsed = UInt64(e.GetProperty("gasUsed")),
        EffectiveGasPrice = UInt256(e.GetProperty("effectiveGasPrice")),
        Logs = Logs(e.GetProperty("logs")),
    };

    public static IReadOnlyList<LogEntry> Logs(JsonElement array) => [.. array.EnumerateArray().Select(Log)];

    public static BlockSummary Block(JsonElement e) => new()
    {
        Number = UInt64(e.GetProperty("number")),
        Hash = Hash(e.GetProperty("hash")),
        ParentHash = Hash(e.GetProperty("parentHash")),
        StateRoot = Hash(e.GetProperty("stateRoot")),
        TimestampSeconds = UInt64(e.GetProperty("timestamp")),
        Miner = Address(e.GetProperty("miner")),
        GasUsed = UInt64(e.GetProperty("gasUsed")),
        GasLimit = UInt64(e.GetProperty("gasLimit")),
        BaseFeePerGas = UInt256(e.GetProperty("baseFeePerGas")),
        Transactions = [.. e.GetProperty("transactions").EnumerateArray().Select(Hash)],
    };

    public static ChainStatus Status(JsonElement e)
    {
        var supply = e.GetProperty("supply");
        return new ChainStatus(
            UInt64(e.GetProperty("height")),
            UInt64(e.GetProperty("pending")),
            UInt64(e.GetProperty("includedTotal")),
            UInt64(e.GetProperty("oldestPendingMs")),
            new ChainSupply(
                UInt256(supply.GetProperty("genesis")),
                UInt256(supply.GetProperty("burned")),
                UInt256(supply.GetProperty("total"))),
            e.GetProperty("conservation").GetBoolean());
    }

    private static LogEntry Log(JsonElement e) => new()
    {
        Address = Address(e.GetProperty("address")),
        Topics = [.. e.GetProperty("topics").EnumerateArray().Select(Hash)],
        Data = Bytes(e.GetProperty("data")),
        BlockNumber = UInt64(e.GetProperty("blockNumber")),
        BlockHash = Hash(e.GetProperty("blockHash")),
        TransactionHash = Hash(e.GetProperty("transactionHash")),
        LogIndex = UInt64(e.GetProperty("logIndex")),
    };

    private static Address? OptionalAddress(JsonElement e, string name) =>
        e.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? Address(member) : null;

    private static string Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException("Not a string.");
}
