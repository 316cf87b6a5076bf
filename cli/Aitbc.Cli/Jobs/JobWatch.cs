using Aitbc.Cli.Shell;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

internal static class JobWatch
{
    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "watch", "Follow a job until it is settled or refunded.", $"aitbc job watch {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var account = await context.Session.AccountAsync(context.Get(symbols.Account), context.Cancel);
        var flow = await JobFlow.OpenAsync(context.Session, account.Address, context.Cancel);
        var job = await flow.WaitAsync(
            context.Get(symbols.Id),
            j => context.Output.Progress($"{Say.Time(j.UpdatedAt)}  {j.State.ToString().ToLowerInvariant()}"),
            context.Cancel);
        JobShow.Tell(context.Output, job);
        context.Exit = job.State == JobState.Settled ? ExitCode.Ok : ExitCode.Refused;
    }
}
