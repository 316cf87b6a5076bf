namespace Aitbc.Ledger.Execution;

/// <summary>
/// Coins were made or lost: a defect of this program. The node stops rather than decide such a block.
/// </summary>
/// <param name="message">Which rule, with the numbers.</param>
public sealed class LedgerInvariantException(string message) : Exception(message);
