using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Why;

/// <summary>What helps after a job's end, or comes before it.</summary>
internal static class Endings
{
    /// <summary>The work itself ends so, whoever does it: the same order would end so again.</summary>
    private static readonly HashSet<string> OfTheWork =
    [
        "fuel_exhausted", "memory_exceeded", "output_exceeded", "stack_exhausted", "trapped", "exited_with_code",
        "module_invalid", "module_unsupported", "module_too_large", "request_invalid", "spec_unsupported",
    ];

    public static bool IsOfTheWork(string code) => OfTheWork.Contains(code);

    public static bool Retryable(JobRow row) =>
        row.State == JobState.Refunded && !(row.Reason is { } reason && OfTheWork.Contains(reason));

    public static string? Next(JobRow row) => (row.State, row.RejectCode) switch
    {
        (JobState.Quoted, null) =>
            $"The client funds it with {Opening(row.Terms())}, with the terms of the quote.",
        (JobState.Settled, _) => null,
        (JobState.Refunded, _) => AfterRefund(row),
        (JobState.Submitted or JobState.Disputed, _) when row.Terms().Reexecution is not null => AfterDelivery(row),
        (_, not null) when row.Terms().Reexecution is not null =>
            "The escrow refunds the client: at once if it was paid without the committee's hook, else when the job "
            + "expires, since nobody can reject one with a committee earlier.",
        (_, not null) => "The coordinator rejects it and the escrow refunds the client.",
        (JobState.Funded, _) => "The provider takes it, or it is refunded when it expires.",
        (JobState.Assigned or JobState.Running, _) => "The provider submits, or its lease ends.",
        _ => "The coordinator judges the result; if it stays silent the provider may claim its payment.",
    };

    private static string AfterDelivery(JobRow row) => row.State == JobState.Disputed
        ? "The committee executes it again and votes; without a majority in time the provider is paid."
        : "The client accepts or disputes it; a good delivery that nobody disputes is paid at half of "
            + "the evaluation window, any other at its end.";

    private static string Opening(JobTerms terms) => terms switch
    {
        { Reexecution: not null } => "openJobWithHook",
        { Level: not null } => "openJobWithLevel",
        _ => "openJob",
    };

    private static string AfterRefund(JobRow row) => row.Reason switch
    {
        { } reason when OfTheWork.Contains(reason) =>
            "Change the work, its input or its limits, and order with a new idempotency key.",
        Cancelling.Code => "Order again with a new idempotency key, if it is wanted after all.",
        ProblemCodes.PaymentWrongTerms =>
            "Order again with a new idempotency key, and pay exactly the terms of the answer.",
        "expired" when row.FundTransaction is null && row.EscrowJobId is null =>
            "Order again with a new idempotency key, and pay before it expires.",
        _ => "Order again with a new idempotency key; another provider may be named.",
    };
}
