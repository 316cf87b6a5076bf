using System.Runtime.InteropServices;

namespace Aitbc.Host.Roles;

/// <summary>
/// The life of a role under a supervisor: it ends with SIGTERM, or when standard input ends, which happens however the
/// supervisor dies. SIGINT is left to the supervisor, because a terminal sends it to every process of the group.
/// </summary>
internal sealed class SupervisedLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly List<PosixSignalRegistration> signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, c => c.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, c =>
        {
            c.Cancel = true;
            application.StopApplication();
        }));
        ParentWatch.WhenGone(application.StopApplication, Grace);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => signals.ForEach(s => s.Dispose());
}
