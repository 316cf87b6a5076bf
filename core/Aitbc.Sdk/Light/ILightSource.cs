using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Light;

/// <summary>Whom a light client asks. Nothing it says is believed; a node over JSON-RPC is one.</summary>
public interface ILightSource
{
    /// <summary>A block with its commit certificate and validators.</summary>
    /// <param name="height">Height; null = the newest.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <returns>Null if there is none.</returns>
    Task<LightBlock?> BlockAsync(ulong? height, CancellationToken cancel);

    /// <summary>Proof of an account and of slots of it, after a block (EIP-1186).</summary>
    Task<AccountProof> ProveAsync(
        Address account, IReadOnlyList<Hash256> slots, ulong height, CancellationToken cancel);

    /// <summary>Proof of a transaction and its receipt; null if it is in no block.</summary>
    Task<ReceiptProof?> ReceiptAsync(Hash256 transaction, CancellationToken cancel);
}

/// <summary>A transaction and its receipt with their proofs against the roots of their block.</summary>
/// <param name="Height">Height of the block.</param>
/// <param name="Index">Place of both in the block.</param>
/// <param name="Transaction">Bytes of the transaction.</param>
/// <param name="TransactionNodes">Proof against the transactions root.</param>
/// <param name="Receipt">Bytes of the receipt.</param>
/// <param name="ReceiptNodes">Proof against the receipts root.</param>
public sealed record ReceiptProof(
    ulong Height, ulong Index, byte[] Transaction, IReadOnlyList<byte[]> TransactionNodes, byte[] Receipt,
    IReadOnlyList<byte[]> ReceiptNodes);
