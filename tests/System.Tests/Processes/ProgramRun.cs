using System.Diagnostics;
using System.Text.Json;

namespace System.Tests.Processes;

/// <summary>A program that was run to its end.</summary>
internal sealed record ProgramRun(int Exit, string Out, string Error, TimeSpan Time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>What a program that speaks JSON said.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static Task<ProgramRun> CliAsync(params string[] arguments) =>
        RunAsync(Built.Dotnet, [Built.Cli, .. arguments]);

    public static Task<ProgramRun> HostAsync(params string[] arguments) =>
        RunAsync(Built.Dotnet, [Built.Host, .. arguments]);

    public static async Task<ProgramRun> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null, params (string Name, string Value)[] set)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Start(program, arguments, folder, set);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new ProgramRun(process.ExitCode, await output, await error, Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Patience}.");
        }
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, string? folder = null, params (string Name, string Value)[] set)
    {
        Signals.LetChildrenBeInterrupted();
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Built.Root,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // The user's own network must not be found by a test.
        start.Environment["AITBC_DATA"] = Path.Combine(Path.GetTempPath(), "aitbc-none");
        start.Environment.Remove("AITBC_ACCOUNT");
        foreach (var (name, value) in set)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
