using System.Net;
using Aitbc.Node;
using Aitbc.Testing.Network;

namespace System.Tests.Chaos.Running;

/// <summary>Validators of this machine that reach each other through relays only, one for each way of a pair.</summary>
internal sealed class RelayMesh : IAsyncDisposable
{
    private readonly Dictionary<(int From, int To), TcpRelay> relays = [];
    private readonly int[] ports = FreePorts.Take(2 * ChaosNetwork.Count);

    public RelayMesh()
    {
        for (var from = 0; from < ChaosNetwork.Count; from++)
        {
            foreach (var to in Enumerable.Range(0, ChaosNetwork.Count).Where(i => i != from))
                relays[(from, to)] = new TcpRelay(new IPEndPoint(IPAddress.Loopback, ports[to]), (from * 10) + to);
        }
    }

    public IReadOnlyList<ValidatorPlace> Wire(IReadOnlyList<NodeKeys> keys) =>
        [.. keys.Select((_, i) => new ValidatorPlace(
            new Uri($"http://127.0.0.1:{ports[ChaosNetwork.Count + i]}"),
            $"127.0.0.1:{ports[i]}",
            [.. relays.Where(r => r.Key.From == i)
                .Select(r => $"127.0.0.1:{r.Value.Port}#{keys[r.Key.To].TransportKeyHash}")]))];

    /// <summary>The same for every way.</summary>
    public void Everywhere(RelayWeather weather) => Between((_, _) => true, weather);

    /// <summary>For every way that leaves a group, in either direction.</summary>
    public void Around(IReadOnlyList<int> group, RelayWeather weather) =>
        Between((a, b) => group.Contains(a) != group.Contains(b), weather);

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in relays.Values)
            await relay.DisposeAsync();
    }

    private void Between(Func<int, int, bool> isMeant, RelayWeather weather)
    {
        foreach (var (way, relay) in relays.Where(r => isMeant(r.Key.From, r.Key.To)))
            relay.Weather = weather;
    }
}
