using System.Diagnostics;
using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Spender;

namespace System.Tests.Budgets;

/// <summary>One agent as a process.</summary>
internal static class SpenderProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<Tally> RunAsync(Plan plan)
    {
        using var process = ProgramRun.Start(Built.Dotnet, [Built.Spender]);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(plan, SpenderJson.Default.Plan));
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{plan.Name} did not end in {Patience}.");
        }

        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(await output, SpenderJson.Default.Tally)!
            : throw new InvalidOperationException($"{plan.Name}: {await error}");
    }
}
