using System.Collections.Concurrent;
using System.Diagnostics;
using Aitbc.Node.Network;

namespace Node.Tests.Network;

/// <summary>Keeps what a node is given by its peers.</summary>
internal sealed class Recorder : IGossipReceiver
{
    public ConcurrentQueue<(PeerId From, MessageClass Lane, byte[] Message)> Messages { get; } = new();

    public ConcurrentQueue<(PeerId Peer, bool Came)> Events { get; } = new();

    public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message) =>
        Messages.Enqueue((from, lane, message.ToArray()));

    public void OnConnected(PeerId peer) => Events.Enqueue((peer, true));

    public void OnDisconnected(PeerId peer) => Events.Enqueue((peer, false));
}

internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Looks again and again until it is so; fails with the text if that takes too long.</summary>
    public static async Task Holds(Func<bool> condition, string text, Action? meanwhile = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"It did not come to this: {text}.");
            meanwhile?.Invoke();
            await Task.Delay(5);
        }
    }
}
