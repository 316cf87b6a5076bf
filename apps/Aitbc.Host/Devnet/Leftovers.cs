using System.Diagnostics;
using System.Globalization;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Devnet;

/// <summary>
/// Roles of an earlier run that are still on their way out. When a supervisor is killed its roles stop by themselves,
/// which takes a moment; a network that is started at once waits for them instead of finding its ports taken.
/// </summary>
internal sealed class Leftovers(DataFolder folder, TimeProvider time)
{
    private const string FileName = "processes";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly string path = folder.File(FileName);

    /// <summary>Remembers the roles that run now.</summary>
    public void Remember(IEnumerable<RoleProcess> processes) =>
        File.WriteAllLines(path, processes.Select(p => p.Pid.ToString(CultureInfo.InvariantCulture)));

    public void Forget() => File.Delete(path);

    public async Task WaitAsync(CancellationToken cancel)
    {
        if (!File.Exists(path))
            return;
        var started = time.GetTimestamp();
        foreach (var line in await File.ReadAllLinesAsync(path, cancel))
        {
            while (int.TryParse(line, CultureInfo.InvariantCulture, out var pid) && IsOurs(pid))
            {
                if (time.GetElapsedTime(started) > Patience)
                {
                    throw new StartFailure(
                        StartCodes.DataInUse,
                        $"Process {pid} of an earlier run still uses the data folder {folder.Path}.",
                        "Stop that process and start again.");
                }

                await Task.Delay(Pause, time, cancel);
            }
        }

        Forget();
    }

    // A process id may belong to somebody else by now: only a command line with this folder is one of ours.
    private bool IsOurs(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return File.ReadAllText($"/proc/{pid}/cmdline").Contains(folder.Path, StringComparison.Ordinal);
            using var process = Process.GetProcessById(pid);
            return process.ProcessName is "dotnet" or "aitbcd";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException)
        {
            return false;
        }
    }
}
