using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>What a block is made with.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Number">Height.</param>
/// <param name="TimeMs">Unix milliseconds; the header's timestamp is its whole seconds.</param>
/// <param name="Miner">Receives tips.</param>
/// <param name="GasLimit">Gas of the block.</param>
/// <param name="BaseFee">Burned per gas, in atto-AIT.</param>
/// <param name="ValidatorsHash">Hash of the deciding validator set.</param>
public sealed record BlockContext(
    ulong ChainId,
    ulong Number,
    ulong TimeMs,
    Address Miner,
    ulong GasLimit,
    UInt256 BaseFee,
    Hash256 ValidatorsHash)
{
    /// <summary>
    /// Hash of the block before; execution sets it from the parent. Zero where calls are made without one.
    /// </summary>
    public Hash256 ParentHash { get; init; }

    /// <summary>
    /// Index of the maker in the set that decides the block; null on a chain without a registered set. It decides the
    /// version of the consensus fields.
    /// </summary>
    public ulong? ProposerIndex { get; init; }

    /// <summary>Proofs against validators that the block shall hold; only with a registered set.</summary>
    public IReadOnlyList<EquivocationProof> Proofs { get; init; } = [];

    /// <summary>Unix seconds.</summary>
    public ulong Timestamp => TimeMs / 1000;
}
