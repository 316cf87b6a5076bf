using System.CommandLine;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Demo;

/// <summary>
/// <c>aitbc demo</c>: a whole network in throw-away form, paid jobs, refused attempts, and the accounts.
/// </summary>
internal static class DemoCommand
{
    public const string Name = "demo";
    public const string Text = "Start a throw-away network, run paid jobs on it, and show what happened.";

    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "Keep the folder with the network's data, the receipts and the results.",
    };

    public static CliCommand Create() => new CliCommand(Name, Text, "./aitbc demo").With(Keep).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var started = TimeProvider.System.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("aitbc-demo-").FullName;
        try
        {
            var keep = context.Get(Keep);
            var report = await RunAsync(context, folder, keep);
            report.Seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            DemoTables.Write(context.Output, report, keep ? folder : null);
            context.Output.Json(report.ToJson());
            context.Exit = report.Holds ? ExitCode.Ok : ExitCode.Failure;
        }
        finally
        {
            if (!context.Get(Keep) && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<DemoReport> RunAsync(CommandContext context, string folder, bool keep)
    {
        context.Output.Progress("starting a network: node, wallet, coordinator and provider");
        List<string> arguments = ["--free-ports", $"--data={Path.Combine(folder, "network")}"];
        if (!keep)
            arguments.Add("--ephemeral");
        await using var network = await DevnetProcess.StartAsync(
            arguments, line => context.Output.Progress("  " + line), context.Cancel);
        using var session = new Session(Endpoints.OfNetwork(network.Data));
        return await new DemoRun(session, context.Output, folder).RunAsync(context.Cancel);
    }
}
