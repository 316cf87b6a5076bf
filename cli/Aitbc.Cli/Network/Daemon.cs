using System.Diagnostics;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Network;

/// <summary>
/// A daemon in a process of its own, tied to this one by its standard input: it ends when that is closed, and so also
/// when this process is killed.
/// </summary>
internal static class Daemon
{
    /// <summary>Starts the daemon's program; what it says goes to the pipes of the process.</summary>
    /// <param name="arguments">A command that heeds <c>--supervised</c>, and what belongs to it.</param>
    public static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(DaemonProgram.Runtime())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[DaemonProgram.Find(), .. arguments])
            start.ArgumentList.Add(argument);
        return Process.Start(start)
            ?? throw CliFailure.Failed("daemon_failed", "The daemon's process could not be started.");
    }

    /// <summary>Asks it to stop, kills it if it does not in time, and lets go of it.</summary>
    public static async Task StopAsync(Process process, TimeSpan timeout)
    {
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                using var patience = new CancellationTokenSource(timeout);
                await process.WaitForExitAsync(patience.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }
}
