using System.Diagnostics;

namespace System.Tests.Chaos.Running;

/// <summary>Commands of the system that need rights which not everybody has.</summary>
internal static class Shell
{
    /// <summary>What it complains of; null if it did what it should.</summary>
    public static string? Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} {string.Join(' ', arguments)}: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program}: {e.Message}";
        }
    }

    /// <exception cref="InvalidOperationException">It does not do it.</exception>
    public static void Do(string line)
    {
        var words = line.Split(' ');
        if (Try(words[0], words[1..]) is { } complaint)
            throw new InvalidOperationException(complaint);
    }
}
