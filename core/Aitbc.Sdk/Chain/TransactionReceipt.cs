using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>What became of a transaction in its block. Blocks are final when made.</summary>
public sealed record TransactionReceipt
{
    /// <summary>Keccak-256 of the raw transaction.</summary>
    public required Hash256 TransactionHash { get; init; }

    /// <summary>Hash of the block that holds it.</summary>
    public required Hash256 BlockHash { get; init; }

    /// <summary>Height of that block.</summary>
    public required ulong BlockNumber { get; init; }

    /// <summary>Place in the block, from 0.</summary>
    public required ulong TransactionIndex { get; init; }

    /// <summary>The sender.</summary>
    public required Address From { get; init; }

    /// <summary>The receiver; null for a contract creation.</summary>
    public required Address? To { get; init; }

    /// <summary>False if the execution reverted: fees were paid and nothing else happened.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>Gas used.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Price paid per gas in atto-AIT, base fee included.</summary>
    public required UInt256 EffectiveGasPrice { get; init; }

    /// <summary>Events, in order.</summary>
    public required IReadOnlyList<LogEntry> Logs { get; init; }
}
