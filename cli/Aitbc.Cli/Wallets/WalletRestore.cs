using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

/// <summary>Runs the daemon's program for it: no daemon is at work on the data yet.</summary>
internal static class WalletRestore
{
    private static readonly Argument<string> File = new("file") { Description = "The backup." };

    private static readonly Option<string> To = new("--to")
    {
        Description = "Folder for the wallet's data; it has no wallet yet.",
        Required = true,
    };

    private static readonly Option<string?> Password = Passwords.Option(
        "--password-file", "File with the password the wallet had when it was backed up (default: it is asked for).");

    public static CliCommand Create() => new CliCommand(
        "restore",
        "Restore a backup into a folder without a wallet. Its budgets sign nothing until 'aitbc wallet resume'.",
        "aitbc wallet restore wallet.backup --to wallet-data")
        .With(File, To, Password).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var file = Path.GetFullPath(context.Get(File));
        if (!System.IO.File.Exists(file))
            throw CliFailure.Failed("file_missing", $"There is no file {file}.", "Check the path.");
        var folder = Path.GetFullPath(context.Get(To)!);
        var password = await Passwords.ReadAsync(
            context.Get(Password), "Password the wallet had when it was backed up: ", context.Cancel);
        var answer = await Spinner.WhileAsync(
            context, "opening the backup", AskAsync(file, folder, password, context.Cancel));
        if (answer["error"] is { } error)
        {
            throw new CliFailure(
                ExitCode.Refused, error["code"]!.GetValue<string>(), error["detail"]!.GetValue<string>());
        }

        context.Output.Facts(
            ("folder", folder),
            ("made at", Say.Time(answer["madeAt"]!.GetValue<DateTimeOffset>())),
            ("accounts", answer["accounts"]!.ToString()),
            ("budgets", answer["budgets"]!.ToString()));
        context.Output.Line("What was signed after the backup is not in it. Budgets sign nothing until the owner has");
        context.Output.Line("looked at what was spent since, started the daemon on the folder, and typed:");
        context.Output.Line("  aitbc wallet resume");
        answer["folder"] = folder;
        context.Output.Json(answer);
    }

    // The password goes through a pipe: other users see the arguments of a process.
    private static async Task<JsonObject> AskAsync(
        string file, string folder, string password, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(DaemonProgram.Runtime())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        string[] arguments =
        [
            DaemonProgram.Find(), "wallet", "restore", "--json", "--file", file, "--data", folder, "--password-fd", "0",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)
            ?? throw CliFailure.Failed("daemon_failed", "The daemon's program could not be started.");
        await process.StandardInput.WriteAsync(password);
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw CliFailure.Failed("daemon_failed", "The daemon's program ended without an answer.");
        }
    }
}
