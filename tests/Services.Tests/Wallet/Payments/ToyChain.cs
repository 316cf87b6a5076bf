using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.X402;
using Services.Tests.Chain;

namespace Services.Tests.Wallet.Payments;

/// <summary>One channel as a naive model of the chain keeps it, answered over JSON-RPC.</summary>
internal sealed class ToyChain
{
    private readonly HashSet<string> used = [];

    public ToyChain(ScriptedNode node, ShiftedTime time)
    {
        Time = time;
        HeadSeconds = Now;
        node.On("eth_chainId", "\"0x1e61\"").On("eth_call", p => Hex.ToHex(Call(p[0]!)))
            .On("eth_getBlockByNumber", _ => Head());
    }

    public ShiftedTime Time { get; }

    public ulong HeadSeconds { get; private set; }

    public ulong Balance { get; private set; }

    public ulong Claimed { get; private set; }

    /// <summary>What left the account and did not come back.</summary>
    public ulong Outflow { get; private set; }

    public bool Land(string nonce, ulong amount, ulong validBefore)
    {
        HeadSeconds = Now;
        if (HeadSeconds >= validBefore || !used.Add(nonce))
            return false;
        Balance += amount;
        Outflow += amount;
        return true;
    }

    public void Claim(ulong total)
    {
        if (total > Claimed && total <= Balance)
            Claimed = total;
    }

    public void Refund(ulong amount)
    {
        var back = Math.Min(amount, Balance - Claimed);
        Balance -= back;
        Outflow -= back;
    }

    public void Tick() => HeadSeconds = Now;

    public void Clear() => (Balance, Claimed, Outflow) = (0, 0, 0);

    private ulong Now => (ulong)Time.GetUtcNow().ToUnixTimeSeconds();

    private byte[] Call(JsonNode call)
    {
        var data = Hex.Parse((string)(call["data"] ?? call["input"])!);
        if (Is(ChannelAbi.AuthorizationState, data))
        {
            var nonce = (Hash256)ChannelAbi.AuthorizationState.DecodeCall(data)[1]!;
            return ChannelAbi.AuthorizationState.EncodeResult(used.Contains(nonce.ToHex()));
        }

        return Is(ChannelAbi.Channels, data)
            ? ChannelAbi.Channels.EncodeResult((UInt256)Balance, (UInt256)Claimed)
            : ChannelAbi.PendingWithdrawals.EncodeResult(UInt256.Zero, UInt256.Zero);
    }

    private static bool Is(AbiFunction function, byte[] data) => data.AsSpan().StartsWith(function.Selector);

    private JsonObject Head()
    {
        var word = "0x" + new string('0', 64);
        return new JsonObject
        {
            ["number"] = "0x1",
            ["hash"] = word,
            ["parentHash"] = word,
            ["stateRoot"] = word,
            ["timestamp"] = $"0x{HeadSeconds:x}",
            ["miner"] = "0x00000000000000000000000000000000000000ff",
            ["gasUsed"] = "0x0",
            ["gasLimit"] = "0x1",
            ["baseFeePerGas"] = "0x0",
            ["transactions"] = new JsonArray(),
        };
    }
}
