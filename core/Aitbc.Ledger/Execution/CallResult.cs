using Aitbc.Ledger.Blocks;

namespace Aitbc.Ledger.Execution;

/// <summary>The outcome of one call.</summary>
/// <param name="Succeeded">False if it was reverted or ran out of gas.</param>
/// <param name="ReturnData">The result, or the reason of the revert.</param>
/// <param name="GasUsed">With intrinsic gas.</param>
/// <param name="RanOutOfGas">True if the gas limit was too low.</param>
/// <param name="Logs">Events; none if it failed.</param>
public sealed record CallResult(
    bool Succeeded, ReadOnlyMemory<byte> ReturnData, ulong GasUsed, bool RanOutOfGas, IReadOnlyList<Log> Logs);
