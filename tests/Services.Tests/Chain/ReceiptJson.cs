using System.Text.Json.Nodes;
using Aitbc.Primitives;

namespace Services.Tests.Chain;

/// <summary>A receipt as a node sends it.</summary>
internal static class ReceiptJson
{
    public static JsonObject Of(Hash256 transaction, bool succeeded, JsonArray? logs = null) => new()
    {
        ["type"] = "0x2",
        ["transactionHash"] = transaction.ToString(),
        ["transactionIndex"] = "0x0",
        ["blockHash"] = "0x" + new string('b', 64),
        ["blockNumber"] = "0x9",
        ["from"] = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
        ["to"] = null,
        ["cumulativeGasUsed"] = "0x5208",
        ["gasUsed"] = "0x5208",
        ["contractAddress"] = null,
        ["logs"] = logs ?? [],
        ["logsBloom"] = "0x" + new string('0', 512),
        ["status"] = succeeded ? "0x1" : "0x0",
        ["effectiveGasPrice"] = "0x3b9aca00",
    };
}
