using System.Net;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Node.Engine;
using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Dialling;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Redis;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Network;

/// <summary>How this node reaches others, as its options say. Nothing is registered for a node that is alone.</summary>
internal static class PeerServices
{
    private const int MostPeers = 256;

    /// <exception cref="NodeStartException">The options contradict each other or name no address.</exception>
    public static IServiceCollection AddPeers(this IServiceCollection services, NodeOptions options)
    {
        var hasLinks = options.P2pListen is not null || options.Peers.Count > 0;
        if (!hasLinks && options.Redis is null)
            return services;
        if (hasLinks && options.Redis is not null)
            throw Invalid("Peers are reached by direct links or by Redis, not by both: leave one out.");
        // Here, so that an address that is none ends the start at once.
        if (hasLinks)
            _ = Links(options);
        services.AddSingleton(_ => TransportKey.ReadOrCreate(options.DataDirectory));
        services.AddSingleton(s => Identity(s, options));
        services.AddSingleton(s => Gossip(
            s, options, s.GetRequiredService<LinkIdentity>(), () => Validators(s.GetRequiredService<Chain>())));
        return services.AddHostedService<GossipStart>();
    }

    /// <summary>
    /// The way to peers of a node that has no chain yet: it knows of no validators, and so takes everybody as a peer
    /// that is none. Whoever gets it disposes of it; null if the node is alone.
    /// </summary>
    public static IGossip? Before(
        IServiceProvider services, NodeOptions options, TransportKey transport, ulong chainId, Hash256 genesis) =>
        options.P2pListen is null && options.Peers.Count == 0 && options.Redis is null
            ? null
            : Gossip(
                services, options,
                new LinkIdentity(
                    transport, ValidatorKey.ReadOrCreate(options.DataDirectory), chainId, genesis),
                () => () => []);

    private static IGossip Gossip(
        IServiceProvider services, NodeOptions options, LinkIdentity identity,
        Func<Func<IReadOnlyList<RollEntry>>> validators)
    {
        var time = services.GetRequiredService<TimeProvider>();
        return options.Redis is { } redis
            ? new RedisGossip(redis, identity, time, services.GetRequiredService<ILogger<RedisGossip>>())
            : new DirectLinks(
                Links(options), identity, validators(), Random.Shared, time,
                services.GetRequiredService<ILogger<DirectLinks>>());
    }

    private static LinkOptions Links(NodeOptions options)
    {
        if (options.Peers.Count > MostPeers)
            throw Invalid($"'peers' names more than {MostPeers} peers.");
        try
        {
            return new LinkOptions
            {
                Listen = options.P2pListen is { } place ? Place(place) : null,
                Peers = [.. options.Peers.Select(PeerAddress.Parse)],
            };
        }
        catch (FormatException e)
        {
            throw Invalid(e.Message);
        }
    }

    private static IPEndPoint Place(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPEndPoint(address, LinkOptions.StandardPort);
        return IPEndPoint.TryParse(text, out var place)
            ? place
            : throw new FormatException($"'p2pListen' is an address of this machine and a port, not '{text}'.");
    }

    private static LinkIdentity Identity(IServiceProvider services, NodeOptions options)
    {
        var chain = services.GetRequiredService<Chain>();
        return new LinkIdentity(
            services.GetRequiredService<TransportKey>(),
            ValidatorKey.ReadOrCreate(options.DataDirectory),
            chain.Genesis.ChainId,
            chain.GenesisHash);
    }

    // Read once a block: the set is a function of the state.
    private static Func<IReadOnlyList<RollEntry>> Validators(Chain chain)
    {
        ulong? height = null;
        IReadOnlyList<RollEntry> last = [];
        return () =>
        {
            var now = chain.Head.Header.Number;
            if (now == height)
                return last;
            last = chain.Read<IReadOnlyList<RollEntry>>((view, _) =>
                [.. RegisteredSet.Next(view).Select(v => new RollEntry(v.ConsensusKey, v.TransportKeyHash))]);
            height = now;
            return last;
        };
    }

    private static NodeStartException Invalid(string detail) => new(NodeStartException.PeersInvalid, detail);
}
