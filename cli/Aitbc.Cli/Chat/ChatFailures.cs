using Aitbc.Cli.Shell;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Chat;

/// <summary>What a failure of an answer says, and whether it cost anything.</summary>
internal static class ChatFailures
{
    public static CliFailure From(Exception failure) => failure is X402Exception payment
        ? new CliFailure(
            payment.Code == X402Exception.OutcomeUnknown ? ExitCode.Failure : ExitCode.Refused,
            payment.Code,
            payment.Message,
            "'aitbc budget show' tells what is counted for it.",
            payment)
        {
            Charged = payment.Charged,
        }
        : Failures.From(failure);
}
