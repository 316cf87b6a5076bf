using Microsoft.Extensions.Hosting;

namespace Aitbc.Provider.Engines.Container;

/// <summary>
/// Looks for the engine at start and until it is there: what an earlier process has left running is removed even if
/// nobody orders anything, and the log says what was found.
/// </summary>
internal sealed class ContainerStart(ContainerEngine engine, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while ((await engine.LookAsync(stoppingToken)).Count == 0)
            await Task.Delay(Pause, time, stoppingToken);
    }
}
