using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Network;

/// <summary>
/// Opens the way to peers when the node starts, for whoever is registered to receive. A node that decides alone hears
/// its peers and needs nothing of them.
/// </summary>
internal sealed class GossipStart(IServiceProvider services, IGossip gossip) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        gossip.Start(services.GetService<IGossipReceiver>() ?? new NobodyListens());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private sealed class NobodyListens : IGossipReceiver
    {
        public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
        {
        }

        public void OnConnected(PeerId peer)
        {
        }

        public void OnDisconnected(PeerId peer)
        {
        }
    }
}
