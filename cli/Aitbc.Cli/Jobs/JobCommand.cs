using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Jobs;

internal static class JobCommand
{
    public const string Name = "job";
    public const string Text = "Order, pay and follow jobs.";

    public static CliCommand Create() => new CliCommand(
        Name, Text, "aitbc job submit wasm program.wasm input.txt").With(
        JobSubmit.Create(),
        JobList.Create(),
        JobShow.Create(),
        JobWatch.Create(),
        JobResult.Create(),
        JobAccept.Create(),
        JobDispute.Create(),
        JobCancel.Create(),
        JobRefund.Create(),
        JobCanary.Create(),
        WhyCommand.Create());
}
