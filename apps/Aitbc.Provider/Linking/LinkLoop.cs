using System.Net.WebSockets;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Link;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Linking;

/// <summary>
/// Keeps one link to the coordinator, dialled from here, so that a provider sells without an open port. A link that
/// broke is dialled again; answers that were under way wait for their readers meanwhile (specs/provider/streams.md).
/// </summary>
internal sealed class LinkLoop(
    CoordinatorLink coordinator, LinkServer server, ExecutionSlots slots, SalesDesk desk, ProviderSelf self,
    ProviderOptions options, ProviderLifetime lifetime, TimeProvider time, ILogger<LinkLoop> log) : BackgroundService
{
    /// <summary>A link that lived so long was a good one: the next is dialled at once.</summary>
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);

    private LinkConnection? _link;

    /// <summary>Answers end before their link does, so that their readers hear how they ended.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lifetime.Stop();
        try
        {
            await desk.WhenEndedAsync().WaitAsync(Goodbye, time, cancellationToken);
            if (_link is { } link)
                await link.WhenQuietAsync().WaitAsync(Goodbye, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            log.LogInformation("Answers over the link were still under way.");
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!coordinator.IsConfigured || !options.LinkEnabled)
            return;
        await self.WhenKnownAsync(stoppingToken);
        var backoff = new Backoff(Random.Shared.NextDouble);
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                var why = await LinkAsync(stoppingToken);
                if (time.GetElapsedTime(began) >= Good)
                    backoff.Reset();
                log.LogInformation("The link to the coordinator ended: {Reason}", why);
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested && away is WebSocketException
                or HttpRequestException or IOException or AitbcException or OperationCanceledException)
            {
                log.LogInformation("The coordinator takes no link: {Reason}", away.Message);
            }

            await Task.Delay(backoff.Next(), time, stoppingToken);
        }
    }

    private async Task<string> LinkAsync(CancellationToken ending)
    {
        using var socket = await coordinator.LinkAsync(ending);
        var link = new LinkConnection(socket, server.ServeAsync, time)
        {
            Load = () => new LinkLoad(slots.Running + desk.Running, options.Slots),
        };
        _link = link;
        return await link.RunAsync(ending);
    }
}
