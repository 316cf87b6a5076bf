using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// Orders from a provider what others did before, as an ordinary job, and compares. A wrong answer is paid too; where
/// it was agreed on by established providers it costs a mark. The key of the order follows from
/// a signature, so that nobody else can tell what it belongs to, and the same command pays once.
/// </summary>
internal static class JobCanary
{
    private const int KeyDigits = 40;
    private static readonly Argument<Address> Provider = Symbols.Address("provider", "Who is tested.");

    private static readonly Option<Amount?> MaxPrice =
        Symbols.AmountOption("--max-price", "The most that may be paid, such as 0.5 (AIT).");

    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "canary",
            "Test a provider with a job whose result is known: it is paid like any, and cannot be told from others.",
            $"aitbc job canary {JobSymbols.ExampleId} 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --max-price 0.1")
            .With(symbols.Id, Provider, MaxPrice, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var (id, provider) = (context.Get(symbols.Id), context.Get(Provider));
        var account = await context.Session.AccountAsync(context.Get(symbols.Account), context.Cancel);
        var flow = await JobFlow.OpenAsync(context.Session, account.Address, context.Cancel);
        var known = await flow.CollectAsync(id, context.Cancel);
        Check(known, provider);
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var signature = await wallet.SignMessageAsync(
            account.Address, Encoding.UTF8.GetBytes($"AITBC canary of {id} at {provider}"), context.Cancel);
        var order = new OrderRequest
        {
            IdempotencyKey = Keccak256.Hash(signature.ToBytes65()).ToString()[2..(2 + KeyDigits)],
            Spec = known.Job.Spec,
            Provider = provider,
            MaxPrice = context.Get(MaxPrice)?.Atto,
        };
        var quote = await flow.QuoteAsync(order, [], context.Cancel);
        Submission.TellQuote(context.Output, quote);
        var funded = await flow.FundAsync(order, quote, context.Cancel);
        var ended = await flow.WaitAsync(
            funded.Id, job => Submission.TellState(context.Output, job), context.Cancel);
        Tell(context, ended, known.Receipt.Receipt.OutputHash);
    }

    private static void Check(PaidResult known, Address provider)
    {
        if (!JobVerification.CanCompare(known.Job.Terms.Engine))
            throw new CliFailure(
                ExitCode.Usage,
                ProblemCodes.VerificationUnsupported,
                $"Answers of '{known.Job.Terms.Engine}' differ from machine to machine: they test nobody.");
        if (known.Job.State != JobState.Settled || !known.Verification.IsValid)
            throw CliFailure.Failed("not_known", $"The job {known.Job.Id} has no result that is known to be good.");
        if (known.Job.Terms.Provider == provider)
            throw CliFailure.Usage("The provider gave that result itself: it would prove nothing.");
    }

    private static void Tell(CommandContext context, JobView ended, Hash256 answer)
    {
        var isRight = ended.State == JobState.Settled && ended.OutputHash == answer;
        var isWrong = ended.OutputHash is { } given && given != answer;
        var verdict = isRight ? "right" : isWrong ? "wrong" : "none";
        context.Output.Line(
            $"{verdict}: {ended.State.ToString().ToLowerInvariant()}"
            + (ended.Reason is null ? "" : $" ({ended.Reason})") + $", job {ended.Id}");
        context.Output.Json(new JsonObject
        {
            ["id"] = ended.Id.ToString(),
            ["verdict"] = verdict,
            ["state"] = ended.State.ToString(),
            ["reason"] = ended.Reason,
            ["expected"] = answer.ToString(),
            ["output"] = ended.OutputHash?.ToString(),
            ["price"] = ended.State == JobState.Settled ? ended.Charge?.ToString() : null,
        });
        context.Exit = isRight ? ExitCode.Ok : ExitCode.Failure;
    }
}
