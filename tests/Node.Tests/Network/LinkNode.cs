using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Dialling;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Redis;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Microsoft.Extensions.Logging;

namespace Node.Tests.Network;

/// <summary>The keys of a node, which outlive it.</summary>
internal sealed class NodeKeys : IDisposable
{
    public TransportKey Transport { get; } = TransportKey.Create();

    public byte[] Seed { get; } = RandomNumberGenerator.GetBytes(Ed25519Keys.SeedLength);

    public Hash256 ConsensusKey => Hash256.FromBytes(Ed25519Keys.PublicKeyOf(Seed));

    public PeerId Id => Transport.Id;

    public RollEntry Entry => new(ConsensusKey, Id.KeyHash);

    public void Dispose() => Transport.Dispose();
}

/// <summary>Direct links on loopback, with a receiver that remembers.</summary>
internal sealed class LinkNode : IAsyncDisposable
{
    public const ulong ChainId = 7777;

    public static readonly Hash256 Genesis = Hash256.FromBytes(SHA256.HashData("genesis"u8));

    /// <summary>Quick looks and short waits, so that tests do not wait for them.</summary>
    public static readonly LinkLimits Quick = new()
    {
        Round = TimeSpan.FromMilliseconds(20),
        FirstBackoff = TimeSpan.FromMilliseconds(20),
        LastBackoff = TimeSpan.FromMilliseconds(200),
    };

    private LinkNode(DirectLinks links, NodeKeys keys, LogLines log)
    {
        Links = links;
        Keys = keys;
        Log = log;
    }

    public DirectLinks Links { get; }

    public NodeKeys Keys { get; }

    public LogLines Log { get; }

    public Recorder Received { get; } = new();

    public PeerId Id => Keys.Id;

    public IPEndPoint EndPoint => Links.EndPoint!;

    public PeerAddress Address => new("127.0.0.1", EndPoint.Port, null);

    public static LinkNode Start(
        NodeKeys keys,
        LinkLimits? limits = null,
        int port = 0,
        IEnumerable<PeerAddress>? peers = null,
        Func<IReadOnlyList<RollEntry>>? roll = null,
        TimeProvider? time = null,
        Hash256? genesis = null)
    {
        var options = new LinkOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, port),
            Peers = [.. peers ?? []],
            Limits = limits ?? Quick,
        };
        var log = new LogLines();
        var identity = new LinkIdentity(keys.Transport, keys.Seed, ChainId, genesis ?? Genesis);
        var links = new DirectLinks(
            options, identity, roll ?? (() => []), new Random(1), time ?? TimeProvider.System, log);
        var node = new LinkNode(links, keys, log);
        links.Start(node.Received);
        return node;
    }

    public bool IsLinkedWith(params PeerId[] peers) =>
        Links.Peers.Select(p => p.Id).ToHashSet().SetEquals(peers);

    public ValueTask DisposeAsync() => Links.DisposeAsync();
}

internal sealed class LogLines : ILogger<DirectLinks>, ILogger<RedisGossip>
{
    private readonly ConcurrentQueue<string> lines = new();

    public bool Has(string part) => lines.Any(l => l.Contains(part, StringComparison.Ordinal));

    public override string ToString() => string.Join(Environment.NewLine, lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception));
}
