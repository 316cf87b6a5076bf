using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>The header of a block as clients show it.</summary>
public sealed record BlockSummary
{
    /// <summary>Height.</summary>
    public required ulong Number { get; init; }

    /// <summary>Block hash.</summary>
    public required Hash256 Hash { get; init; }

    /// <summary>Hash of the block before.</summary>
    public required Hash256 ParentHash { get; init; }

    /// <summary>Root of the state after the block.</summary>
    public required Hash256 StateRoot { get; init; }

    /// <summary>Unix time in seconds.</summary>
    public required ulong TimestampSeconds { get; init; }

    /// <summary>Who receives the tips.</summary>
    public required Address Miner { get; init; }

    /// <summary>Gas used by all transactions.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Most gas a block may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Base fee in atto-AIT per gas.</summary>
    public required UInt256 BaseFeePerGas { get; init; }

    /// <summary>Hashes of its transactions, in order.</summary>
    public required IReadOnlyList<Hash256> Transactions { get; init; }
}
