using System.Text.Json;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.Light;

/// <summary>A node over JSON-RPC: <c>aitbc_getCommit</c>, <c>eth_getProof</c>, <c>aitbc_getReceiptProof</c>.</summary>
/// <param name="chain">Client of the node; failures of the connection are its exceptions.</param>
public sealed class RpcLightSource(ChainClient chain) : ILightSource
{
    // Deeper than any trie of keys of 32 bytes.
    private const int MaxNodes = 65;

    /// <inheritdoc />
    public async Task<LightBlock?> BlockAsync(ulong? height, CancellationToken cancel)
    {
        var answer = await chain.InvokeAsync(
            "aitbc_getCommit", w => w.WriteStringValue(Tag(height)), cancel).ConfigureAwait(false);
        return answer.ValueKind == JsonValueKind.Null ? null : Read(answer, "aitbc_getCommit", Block);
    }

    /// <inheritdoc />
    public async Task<AccountProof> ProveAsync(
        Address account, IReadOnlyList<Hash256> slots, ulong height, CancellationToken cancel)
    {
        var answer = await chain.InvokeAsync(
            "eth_getProof",
            w =>
            {
                w.WriteStringValue(account.ToHex());
                w.WriteStartArray();
                foreach (var slot in slots)
                    w.WriteStringValue(slot.ToString());
                w.WriteEndArray();
                w.WriteStringValue(Tag(height));
            },
            cancel).ConfigureAwait(false);
        return Read(answer, "eth_getProof", e => new AccountProof(
            account, null, Nodes(e.GetProperty("accountProof")),
            [.. slots.Zip(e.GetProperty("storageProof").EnumerateArray(), (slot, proof) => new SlotProof(
                slot, default, Nodes(proof.GetProperty("proof"))))]));
    }

    /// <inheritdoc />
    public async Task<ReceiptProof?> ReceiptAsync(Hash256 transaction, CancellationToken cancel)
    {
        var answer = await chain.InvokeAsync(
            "aitbc_getReceiptProof", w => w.WriteStringValue(transaction.ToString()), cancel).ConfigureAwait(false);
        return answer.ValueKind == JsonValueKind.Null
            ? null
            : Read(answer, "aitbc_getReceiptProof", e => new ReceiptProof(
                RpcJson.UInt64(e.GetProperty("blockNumber")),
                RpcJson.UInt64(e.GetProperty("transactionIndex")),
                RpcJson.Bytes(e.GetProperty("transaction")),
                Nodes(e.GetProperty("transactionProof")),
                RpcJson.Bytes(e.GetProperty("receipt")),
                Nodes(e.GetProperty("receiptProof"))));
    }

    private static string Tag(ulong? height) => height is { } number ? RpcJson.Quantity(number) : "latest";

    private static LightBlock Block(JsonElement e)
    {
        var header = BlockHeader.Decode(RpcJson.Bytes(e.GetProperty("header")));
        var commit = e.GetProperty("commit");
        // What the certificate is said to be of is no more than a claim: it is put together for this header.
        var certificate = new VoteCertificate(
            VoteKind.Precommit, header.Number, checked((int)RpcJson.UInt64(commit.GetProperty("round"))),
            header.Hash(), -1, RpcJson.Bytes(commit.GetProperty("signers")),
            Signatures(commit.GetProperty("signatures")));
        return new LightBlock(
            header, ConsensusFields.Decode(RpcJson.Bytes(e.GetProperty("consensusFields"))), certificate,
            Validators(e.GetProperty("validators")));
    }

    private static byte[] Signatures(JsonElement list) => list.GetArrayLength() <= BftLimits.MaxValidators
        ? [.. list.EnumerateArray().SelectMany(RpcJson.Bytes)]
        : throw new FormatException("Too many signatures.");

    private static ValidatorSet Validators(JsonElement list)
    {
        if (list.GetArrayLength() > BftLimits.MaxValidators)
            throw new FormatException("Too many validators.");
        var error = ValidatorSet.TryCreate(
            [.. list.EnumerateArray().Select(v => new Validator(
                RpcJson.Address(v.GetProperty("operator")),
                RpcJson.Bytes(v.GetProperty("consensusKey")),
                RpcJson.UInt64(v.GetProperty("weight"))))],
            out var set);
        return set ?? throw new FormatException($"Not a validator set: {error}.");
    }

    private static byte[][] Nodes(JsonElement list) => list.GetArrayLength() <= MaxNodes
        ? [.. list.EnumerateArray().Select(RpcJson.Bytes)]
        : throw new FormatException("Too many nodes.");

    private static T Read<T>(JsonElement answer, string method, Func<JsonElement, T> read)
    {
        try
        {
            return read(answer);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException
            or KeyNotFoundException or RlpException)
        {
            throw new LightException(
                LightFailure.BadAnswer, $"The answer to {method} is not of the specified shape: {e.Message}");
        }
    }
}
