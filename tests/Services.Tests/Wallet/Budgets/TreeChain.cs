using System.Text.Json.Nodes;
using Services.Tests.Chain;

namespace Services.Tests.Wallet.Budgets;

/// <summary>The chain of the naive tree: receipts that a test makes up, and the account's final nonce.</summary>
internal sealed class TreeChain
{
    private readonly Dictionary<string, (bool Succeeded, ulong Gas)> receipts = [];

    public TreeChain(ScriptedNode node) => node.On("eth_getTransactionReceipt", p => Receipt((string)p[0]!))
        .On("eth_getTransactionCount", _ => JsonValue.Create($"0x{FinalNonce:x}"));

    public ulong FinalNonce { get; private set; }

    /// <summary>Nonces are given out one after another, over all lives.</summary>
    public ulong NextNonce { get; set; }

    public void Include(string hash, bool succeeded, ulong gas) => receipts[hash] = (succeeded, gas);

    /// <summary>Other transactions have taken all nonces up to this one.</summary>
    public void TakeNonces(ulong upTo) => FinalNonce = Math.Max(FinalNonce, upTo + 1);

    private JsonObject? Receipt(string hash)
    {
        if (!receipts.TryGetValue(hash, out var receipt))
            return null;
        return new JsonObject
        {
            ["transactionHash"] = hash,
            ["blockHash"] = "0x" + new string('0', 64),
            ["blockNumber"] = "0x1",
            ["transactionIndex"] = "0x0",
            ["from"] = BudgetDaemon.Payee.ToHex(),
            ["to"] = BudgetDaemon.Payee.ToHex(),
            ["status"] = receipt.Succeeded ? "0x1" : "0x0",
            ["gasUsed"] = $"0x{receipt.Gas:x}",
            ["cumulativeGasUsed"] = $"0x{receipt.Gas:x}",
            ["effectiveGasPrice"] = "0x1",
            ["logs"] = new JsonArray(),
        };
    }
}
