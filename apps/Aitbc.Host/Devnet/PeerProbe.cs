using Aitbc.Host.Errors;
using Aitbc.Sdk.Chain;

namespace Aitbc.Host.Devnet;

/// <summary>
/// Waits until each validator is linked with enough others for a quorum: before, a network answers and decides nothing.
/// </summary>
internal sealed class PeerProbe(TimeProvider time)
{
    private static readonly TimeSpan ByRedis = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ByLinks = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="nodes">Addresses of the validators.</param>
    /// <param name="isByRedis">True if they meet over a Redis server.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <exception cref="StartFailure">They do not find each other.</exception>
    public async Task WaitAsync(IReadOnlyList<Uri> nodes, bool isByRedis, CancellationToken cancel)
    {
        var needed = nodes.Count * 2 / 3;
        var patience = isByRedis ? ByRedis : ByLinks;
        var started = time.GetTimestamp();
        foreach (var node in nodes)
        {
            using var http = new HttpClient { BaseAddress = node };
            var client = new ConsensusClient(new ChainClient(http));
            while (await PeersAsync(client, cancel) < needed)
            {
                if (time.GetElapsedTime(started) > patience)
                    throw Apart(node, patience, isByRedis);
                await Task.Delay(Pause, time, cancel);
            }
        }
    }

    private static StartFailure Apart(Uri node, TimeSpan patience, bool isByRedis) => new(
        StartCodes.ValidatorsApart,
        $"The validator on {node.GetLeftPart(UriPartial.Authority)} does not reach enough others for a quorum within "
        + $"{patience.TotalSeconds:0} s.",
        isByRedis
            ? "Does the Redis server of --redis run, and does it take the password? "
                + "The logs in the data folder say more."
            : "The logs in the data folder say why there is no link.");

    private static async Task<int> PeersAsync(ConsensusClient client, CancellationToken cancel)
    {
        try
        {
            return (await client.PeersAsync(cancel)).Select(p => p.Id).Distinct().Count();
        }
        catch (ChainUnavailableException)
        {
            return 0;
        }
    }
}
