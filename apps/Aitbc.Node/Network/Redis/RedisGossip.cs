using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Primitives;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Aitbc.Node.Network.Redis;

/// <summary>
/// Gossip over pub/sub of one Redis server, for development only: it loses messages, and anybody who reaches the server
/// may speak in any name (specs/p2p.md, section 8).
/// </summary>
internal sealed class RedisGossip : IGossip, IAsyncDisposable
{
    private const int ReconnectMs = 500;
    private static readonly TimeSpan LifePause = TimeSpan.FromSeconds(2);
    private readonly ConfigurationOptions configuration;
    private readonly PeerId own;
    private readonly Hash256 consensusKey;
    private readonly string everybody;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly HeardPeers heard;
    private readonly Reassembly reassembly;
    private readonly SendQueues queues = new(new LinkLimits().Queues);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private IGossipReceiver? receiver;
    private Task running = Task.CompletedTask;
    private ulong number;

    /// <param name="configuration">As StackExchange.Redis reads it; its password is never logged (R6).</param>
    /// <param name="identity">Who this node is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For the operator.</param>
    /// <exception cref="NodeStartException">The configuration cannot be read.</exception>
    public RedisGossip(string configuration, LinkIdentity identity, TimeProvider time, ILogger<RedisGossip> log)
    {
        this.configuration = Read(configuration);
        (own, consensusKey) = (identity.Id, identity.ConsensusKey);
        everybody = $"aitbc:1:{identity.ChainId}:{identity.Genesis}";
        this.time = time;
        this.log = log;
        heard = new HeardPeers(time);
        reassembly = new Reassembly(time);
        number = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 20; // not one of the run before
    }

    public IReadOnlyList<PeerInfo> Peers
    {
        get
        {
            lock (gate)
                return [.. heard.All];
        }
    }

    public void Start(IGossipReceiver receiver)
    {
        if (Interlocked.CompareExchange(ref this.receiver, receiver, null) is not null)
            throw new InvalidOperationException("Gossip is started once.");
        log.LogWarning(
            "peers: by Redis at {EndPoints}, which is for development only: it is not authenticated and loses messages",
            string.Join(", ", configuration.EndPoints));
        running = RunAsync();
    }

    public void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message)
    {
        if (message.Length <= RedisMessage.LongestPiece)
            Queue(default, (byte)lane, message);
    }

    public bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message)
    {
        lock (gate)
        {
            if (!heard.Has(peer))
                return false;
        }

        return message.Length <= GossipLimits.MaxMessage && Queue(peer, (byte)lane, message);
    }

    // Who is punished by a name that anybody may use is punished for others.
    public void Misbehaved(PeerId peer, string what) =>
        log.LogWarning("{Peer} seems to be at fault: {What}", peer, what);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    private static ConfigurationOptions Read(string text)
    {
        try
        {
            var read = ConfigurationOptions.Parse(text);
            if (read.EndPoints.Count == 0)
                throw new ArgumentException("It names no server.");
            read.AbortOnConnectFail = false;
            read.BacklogPolicy = BacklogPolicy.FailFast; // R5: what cannot be sent now is lost
            read.ReconnectRetryPolicy = new LinearRetry(ReconnectMs);
            read.ClientName = "aitbc";
            return read;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // The library's sentence may hold a part of the text, and the text a password.
            throw new NodeStartException(
                NodeStartException.PeersInvalid,
                "The option 'redis' is no configuration string of StackExchange.Redis.");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
            connection.ConnectionFailed += (_, e) => Say("lost", e);
            connection.ConnectionRestored += (_, e) => Say("is back", e);
            var subscriber = connection.GetSubscriber();
            await ListenAsync(subscriber, everybody);
            await ListenAsync(subscriber, $"{everybody}:{own}");
            var looking = LookAsync();
            try
            {
                await SendAsync(subscriber);
            }
            finally
            {
                await looking;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception e)
        {
            log.LogError("gossip over Redis is broken: {Reason}", e.GetType().Name);
        }
    }

    private void Say(string what, ConnectionFailedEventArgs e) =>
        log.LogWarning("the connection to Redis at {EndPoint} {What} ({Reason})", e.EndPoint, what, e.FailureType);

    // Subscribing waits for the server, for ever if it must; the library subscribes anew after a loss.
    private async Task ListenAsync(ISubscriber subscriber, string channel)
    {
        while (true)
        {
            try
            {
                var queue = await subscriber.SubscribeAsync(RedisChannel.Literal(channel));
                queue.OnMessage(m => Take(((ReadOnlyMemory<byte>)m.Message).ToArray()));
                return;
            }
            catch (RedisException e)
            {
                log.LogInformation("Redis does not answer yet ({Reason})", e.GetType().Name);
                await Task.Delay(TimeSpan.FromMilliseconds(ReconnectMs), time, stop.Token);
            }
        }
    }

    private async Task SendAsync(ISubscriber subscriber)
    {
        while (true)
        {
            await queues.WaitAsync(stop.Token);
            while (queues.TryTake(out var item))
            {
                var addressee = Hash256.FromBytes(item.Payload.Span[..Hash256.Length]);
                var channel = addressee.IsZero ? everybody : $"{everybody}:{addressee}";
                try
                {
                    await subscriber.PublishAsync(RedisChannel.Literal(channel), item.Payload[Hash256.Length..]);
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    // R5: lost, as on any bad day of this medium.
                }
            }
        }
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(LifePause, time);
        do
        {
            Queue(default, RedisMessage.SignOfLife, default);
            lock (gate)
            {
                foreach (var gone in heard.Forget())
                    receiver!.OnDisconnected(gone);
            }
        }
        while (await timer.WaitForNextTickAsync(stop.Token));
    }

    private bool Queue(PeerId addressee, byte lane, ReadOnlyMemory<byte> message)
    {
        var pieces = Math.Max(1, (message.Length + RedisMessage.LongestPiece - 1) / RedisMessage.LongestPiece);
        var own = Interlocked.Increment(ref number);
        for (var i = 0; i < pieces; i++)
        {
            var from = i * RedisMessage.LongestPiece;
            var piece = message.Slice(from, Math.Min(RedisMessage.LongestPiece, message.Length - from));
            var bytes = new RedisMessage(this.own, consensusKey, lane, own, (ushort)i, (ushort)pieces, piece)
                .Encode(before: Hash256.Length);
            addressee.KeyHash.CopyTo(bytes);
            if (queues.Add(lane, bytes) != QueueVerdict.Taken)
                return false;
        }

        return true;
    }

    private void Take(byte[] bytes)
    {
        if (!RedisMessage.TryDecode(bytes, out var message) || message.Sender == own)
            return;
        // Two channels are heard at once, and who comes must be announced before it speaks.
        lock (gate)
        {
            if (stop.IsCancellationRequested || !heard.Note(message, out var isNew))
                return;
            if (isNew)
            {
                receiver!.OnConnected(message.Sender);
                Queue(default, RedisMessage.SignOfLife, default); // so that it need not wait to hear of this node
            }

            if (message.Class != RedisMessage.SignOfLife && reassembly.Add(message) is { } whole)
                receiver!.OnMessage(message.Sender, (MessageClass)message.Class, whole);
        }
    }
}
