using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Execution;

/// <summary>A transaction that could not stand in the block.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Verdict">Why.</param>
public sealed record RefusedTransaction(Transaction Transaction, TransactionVerdict Verdict);

/// <summary>An executed block.</summary>
/// <param name="Block">With all roots.</param>
/// <param name="Receipts">One a transaction.</param>
/// <param name="StateDiff">What has to be stored.</param>
/// <param name="Refused">What was offered and left out.</param>
public sealed record BlockResult(
    Block Block,
    IReadOnlyList<Receipt> Receipts,
    StateDiff StateDiff,
    IReadOnlyList<RefusedTransaction> Refused);
