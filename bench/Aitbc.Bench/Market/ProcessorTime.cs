using System.Diagnostics;
using System.Globalization;

namespace Aitbc.Bench.Market;

/// <summary>
/// Processor time of this process and of a PostgreSQL server, in microseconds: what a figure costs, whoever else uses
/// the machine. Linux only; 0 for the server elsewhere.
/// </summary>
internal sealed class ProcessorTime(string serverFolder)
{
    private const double TickMicroseconds = 10_000; // Linux counts in hundredths of a second

    public double Now() =>
        Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds + (ServerTicks() * TickMicroseconds);

    private long ServerTicks()
    {
        var pidFile = Path.Combine(serverFolder, "data", "postmaster.pid");
        if (!OperatingSystem.IsLinux() || !File.Exists(pidFile))
            return 0;
        var server = File.ReadLines(pidFile).First();
        return Directory.EnumerateDirectories("/proc").Where(d => char.IsDigit(Path.GetFileName(d)[0]))
            .Select(d => (Pid: Path.GetFileName(d), Stat: Stat(d)))
            .Where(p => p.Stat.Length > 14 && (p.Pid == server || p.Stat[1] == server))
            // Of the server itself, with what its ended children used.
            .Sum(p => p.Stat[11..(p.Pid == server ? 15 : 13)].Sum(t => long.Parse(t, CultureInfo.InvariantCulture)));
    }

    /// <summary>The fields after the name, which may have spaces; empty if the process has ended.</summary>
    private static string[] Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
