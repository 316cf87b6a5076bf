using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Shell;

/// <summary>The one place where exceptions become exit codes and sentences.</summary>
internal static class Failures
{
    public const string StartNetwork = "Is the network up? './aitbc up' starts one on this machine.";

    public static CliFailure From(Exception exception) => exception switch
    {
        CliFailure failure => failure,
        AggregateException { InnerExceptions: [var only] } => From(only),
        AitbcException refusal => From(refusal.Problem),
        ChainUnavailableException => Unreachable(exception),
        HttpRequestException => Unreachable(exception),
        TransactionOutcomeUnknownException unknown => OutcomeUnknown(unknown.Hash, exception),
        TransactionRevertedException reverted => Reverted(reverted.Revert?.Name, exception),
        RpcException { Revert: { } revert } => Reverted(revert.Name, exception),
        RpcException => new CliFailure(ExitCode.Refused, "refused_by_node", exception.Message, null, exception),
        TaskCanceledException { InnerException: TimeoutException } => Unreachable(exception),
        OperationCanceledException => CliFailure.Failed("cancelled", "Stopped before it was finished."),
        IOException or UnauthorizedAccessException or InvalidDataException =>
            CliFailure.Failed("failed", exception.Message, null, exception),
        FormatException or OverflowException or ArgumentException =>
            CliFailure.Usage(exception.Message, "'--help' after the command shows what it takes."),
        _ => CliFailure.Failed(
            "defect",
            $"Unexpected: {exception.GetType().Name}: {exception.Message}",
            "This is a defect. AITBC_DEBUG=1 before the command shows where it happened.",
            exception),
    };

    /// <summary>A transaction was signed, and nobody saw what became of it.</summary>
    public static CliFailure OutcomeUnknown(Hash256 transaction, Exception exception) => new(
        ExitCode.Failure,
        "outcome_unknown",
        $"Transaction {transaction} was signed and may be included; nobody saw its end.",
        $"'aitbc blockchain tx {transaction}' shows whether it was. Before that, the same command may pay twice.",
        exception)
    {
        Charged = true,
    };

    private static CliFailure From(AitbcProblem problem) => new(
        IsOutage(problem) ? ExitCode.Unreachable : ExitCode.Refused, problem.Code, problem.Detail, problem.Next)
    {
        Charged = problem.Charged,
        Retryable = problem.Retryable,
    };

    private static bool IsOutage(AitbcProblem problem) =>
        problem.Code is ProblemCodes.Starting or ProblemCodes.ChainUnavailable or ProblemCodes.UnexpectedAnswer
        && problem.Retryable;

    private static CliFailure Reverted(string? name, Exception exception) => new(
        ExitCode.Refused, "reverted", $"The contract refused: {name ?? exception.Message}.", null, exception);

    private static CliFailure Unreachable(Exception exception) =>
        new(ExitCode.Unreachable, "unreachable", Sentence(exception), StartNetwork, exception) { Retryable = true };

    private static string Sentence(Exception exception) =>
        exception.Message.EndsWith('.') ? exception.Message : exception.Message + ".";
}
