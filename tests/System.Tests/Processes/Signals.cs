using System.Diagnostics;
using System.Runtime.InteropServices;

namespace System.Tests.Processes;

/// <summary>Signals as an operator sends them, and whether a process is still there.</summary>
internal static class Signals
{
    // A shell starts what runs in the background with the interrupt ignored, and programs inherit that. With a
    // handler of its own here, the programs that the tests start get the default back.
    private static readonly PosixSignalRegistration Interrupts =
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => { });

    /// <summary>Programs that are started from now on can be interrupted, however the tests were started.</summary>
    public static void LetChildrenBeInterrupted() => GC.KeepAlive(Interrupts);

    public static void Kill(int pid) => Send("-KILL", pid);

    public static void Terminate(int pid) => Send("-TERM", pid);

    public static void Interrupt(int pid) => Send("-INT", pid);

    /// <summary>Stops it where it is, until <see cref="Continue"/>.</summary>
    public static void Pause(int pid) => Send("-STOP", pid);

    public static void Continue(int pid) => Send("-CONT", pid);

    /// <summary>True while it runs; a dead process whose parent has not looked yet does not.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{pid}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits until none of them runs.</summary>
    public static async Task GoneAsync(IEnumerable<int> pids, TimeSpan patience)
    {
        var left = pids.ToList();
        var started = Stopwatch.GetTimestamp();
        while (left.RemoveAll(p => !IsAlive(p)) >= 0 && left.Count > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new TimeoutException($"Still running after {patience}: {string.Join(", ", left)}.");
            await Task.Delay(20);
        }
    }

    private static void Send(string signal, int pid)
    {
        using var kill =
            Process.Start(new ProcessStartInfo("kill", [signal, $"{pid}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }
}
