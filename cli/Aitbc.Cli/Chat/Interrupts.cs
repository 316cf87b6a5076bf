using System.Runtime.InteropServices;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Chat;

/// <summary>Ctrl-C stops the answer that is being given; where none is, the program.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration registration;
    private Action? stop;

    public Interrupts() => registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
    {
        signal.Cancel = true;
        if (Volatile.Read(ref stop) is { } answering)
            answering();
        else
            Environment.Exit(ExitCode.Ok);
    });

    /// <summary>What Ctrl-C does from now on; null = it ends the program.</summary>
    public void Do(Action? action) => Volatile.Write(ref stop, action);

    public void Dispose() => registration.Dispose();
}
