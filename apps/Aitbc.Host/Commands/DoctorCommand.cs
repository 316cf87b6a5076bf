using System.CommandLine;
using Aitbc.Host.Doctor;

namespace Aitbc.Host.Commands;

/// <summary><c>aitbcd doctor</c>: why the chain does not move.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder of the network or node on this machine (default: $AITBC_DATA, or ~/.aitbc/devnet).",
        };
        var urls = new Option<string[]>("--node-url")
        {
            Description = "Ask this node's JSON-RPC; may be repeated (default: every node of the network in --data, "
                + "else http://127.0.0.1:8006).",
        };
        urls.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => Address(t.Value) is null))
                result.AddError($"'{token.Value}' is no http or https address.");
        });
        var json = new Option<bool>("--json") { Description = "Print one line of JSON." };
        var command = new Command(
            "doctor",
            "Say in plain words why the chain does not move: nodes that do not answer, heights, missing quorum and who "
            + "is silent, peers, disk, clocks. Exit codes: 0 nothing is wrong, 1 something is, 2 wrong use.")
        {
            data, urls, json,
        };
        command.SetAction((parsed, cancel) => DoctorRun.RunAsync(
            parsed.GetValue(data) is { } named ? Path.GetFullPath(named) : DevnetCommand.DefaultFolder(),
            [.. (parsed.GetValue(urls) ?? []).Select(u => Address(u)!)],
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
}
