using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Budgets;

/// <summary>Why a budget does not pay. Which limit, of which budget, and what is left.</summary>
internal static class BudgetRefusals
{
    public static Refusal NotFound { get; } = new("budget_not_found", 404, "There is no such budget for this token.");

    public static Refusal OwnerOnly { get; } = new(
        "forbidden", 403, "Only the owner's token may do this.", Next: "Ask the owner of this wallet.");

    public static Refusal OtherAccount(Budget budget) => new(
        "account_not_allowed", 403, $"The budget {budget.Label} pays from {budget.Account} only.");

    public static Refusal Revoked(Budget budget) => new(
        "budget_revoked", 403, $"The budget {budget.Label} was revoked.");

    public static Refusal Expired(Budget budget) => new(
        "budget_expired", 403, $"The budget {budget.Label} has expired.");

    public static Refusal Exceeded(Budget budget, UInt256 want, UInt256 left, long? againAtMs) => new(
        "budget_exceeded",
        403,
        $"The budget {budget.Label} has {left} atto-AIT left; this can take {want}.",
        Retryable: againAtMs is not null,
        Next: againAtMs is { } at
            ? $"Its next period begins at {Time(at)}; the owner can top it up."
            : "The owner can top it up.");

    public static Refusal PerCall(Budget budget, UInt256 want, UInt256 limit) => new(
        "call_limit_exceeded", 403, $"The budget {budget.Label} pays at most {limit} atto-AIT a call, not {want}.");

    public static Refusal PerJob(Budget budget, UInt256 limit) => new(
        "job_limit_exceeded", 403, $"The budget {budget.Label} pays at most {limit} atto-AIT for one job.");

    public static Refusal JobUnknown(Budget budget) => new(
        "job_not_named",
        403,
        $"The budget {budget.Label} has a limit for each job, and nothing says which job this is for.",
        Next: "Send purpose.jobId.");

    public static Refusal Payee(Budget budget, Address? payee) => new(
        "payee_not_allowed", 403, $"The budget {budget.Label} does not pay {payee?.ToString() ?? "an unnamed payee"}.");

    public static Refusal Class(Budget budget, string? given) => new(
        "class_not_allowed",
        403,
        given is null
            ? $"The budget {budget.Label} buys certain classes only, and none was named."
            : $"The budget {budget.Label} does not buy this class.",
        Next: given is null ? "Send purpose.class." : null);

    public static Refusal Unknown(Budget budget) => new(
        "not_understood",
        403,
        $"The wallet does not understand what this does, and the budget {budget.Label} does not allow that call.",
        Next: "The owner can allow the contract and method.");

    public static Refusal Rate(Budget budget, int limit) => new(
        "rate_limited", 429, $"The budget {budget.Label} signs at most {limit} times a minute.", Retryable: true);

    public static Refusal Channel { get; } = new(
        "channel_not_funded",
        403,
        "The voucher promises more than this budget has paid into its channel.",
        Next: "Deposit into the channel first.");

    public static Refusal ApprovalNeeded(long spend, long untilMs) => new(
        "approval_required",
        403,
        $"This needs the owner's approval: request {spend}, open until {Time(untilMs)}.",
        Retryable: true,
        Next: "Ask again with the same idempotency key once the owner has approved.");

    public static Refusal ApprovalNeedsKey { get; } = new(
        "idempotency_key_required",
        400,
        "What needs an approval needs an Idempotency-Key header, so that it can be asked for again.");

    public static Refusal ApprovalRefused(string? reason) => new(
        "approval_refused", 403, $"The owner did not approve this: {reason}.");

    public static Refusal OtherThanApproved { get; } = new(
        "conflict", 409, "What is asked for now is more, or for another payee, than the owner approved.",
        Next: "Use another idempotency key.");

    public static Refusal KeyUsed { get; } = new(
        "idempotency_key_reused", 409, "The idempotency key was used for another request.");

    public static Refusal InProgress { get; } = new(
        "in_progress", 409, "The same request is being signed.", Retryable: true);

    public static Refusal BelowParent(UInt256 left) => new(
        "budget_exceeded", 403, $"The parent budget has {left} atto-AIT left; a part of it cannot be more.");

    private static string Time(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
