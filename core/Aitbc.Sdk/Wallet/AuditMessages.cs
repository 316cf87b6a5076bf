namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Answer of <c>GET /v1/audit</c>: the signing log replayed from its signatures (specs/wallet.md, Audit).
/// </summary>
/// <param name="Lines">Lines of the log, refused and waiting ones included.</param>
/// <param name="Signatures">Of them, those that hold a signature: each was decoded, and its signer recovered.</param>
/// <param name="Found">How many differences there are; 0 = everything agrees.</param>
/// <param name="Differences">The first 1,000 of them.</param>
/// <param name="OnChain">Ended lines that were compared with the chain; null = no node answered.</param>
/// <param name="Head">Number and seal of the newest signed line: written down elsewhere, it tells later whether lines
/// were cut off the end. Null = nothing was signed.</param>
public sealed record SpendAudit(
    long Lines,
    long Signatures,
    int Found,
    IReadOnlyList<AuditDifference> Differences,
    int? OnChain = null,
    string? Head = null);

/// <summary>Something that does not agree.</summary>
/// <param name="What">What it is, as a sentence.</param>
/// <param name="Line">The line of the signing log; null = it is of no single line.</param>
/// <param name="Budget">Id of the budget; null = it is of no single budget.</param>
public sealed record AuditDifference(string What, long? Line = null, string? Budget = null);
