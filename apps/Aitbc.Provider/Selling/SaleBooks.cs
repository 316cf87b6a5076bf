using Aitbc.Provider.Answers;

namespace Aitbc.Provider.Selling;

/// <summary>Where an answer that is sold is kept and counted.</summary>
/// <param name="Answers">For who asks again.</param>
/// <param name="Receipts">What is signed of it.</param>
/// <param name="Records">Sums since the start.</param>
/// <param name="Recent">Tokens of the last minute.</param>
internal sealed record SaleBooks(
    AnswerStore Answers, SaleReceipts Receipts, SaleRecords Records, RecentTokens Recent);
