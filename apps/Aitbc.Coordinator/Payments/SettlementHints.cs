using System.Threading.Channels;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Payments;

/// <summary>
/// Jobs that the settlement should look at before its next turn. When full, the turn finds them anyway.
/// </summary>
internal sealed class SettlementHints
{
    private const int Most = 1024;

    private readonly Channel<Hash256> channel = Channel.CreateBounded<Hash256>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<Hash256> Reader => channel.Reader;

    public void Give(Hash256 job) => channel.Writer.TryWrite(job);
}
