using Aitbc.Provider.Self;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Provider.Selling;

/// <summary>
/// Ends what is under way when the process is asked to stop, before the server waits for its connections, and waits
/// until what was given is charged and written down.
/// </summary>
internal sealed class SaleEnding(SalesDesk desk, ProviderLifetime lifetime, IHostApplicationLifetime process)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        process.ApplicationStopping.Register(lifetime.Stop);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lifetime.Stop();
        try
        {
            await desk.WhenEndedAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // No time is left: as after a crash, what is not written down is not charged.
        }
    }
}
