using Aitbc.Node.Engine;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Network;

/// <summary>
/// Opens the way to peers on a chain without a validator set, where nobody else does: such a node decides alone and
/// needs nothing of its peers, but they see that it is there.
/// </summary>
internal sealed class GossipStart(Chain chain, IGossip gossip) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (chain.Validators is null)
            gossip.Start(new NobodyListens());
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
