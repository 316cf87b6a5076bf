using System.Net.Sockets;

namespace System.Tests.Chaos.Running;

/// <summary>Where a validator is, how it meets the others, and what its process is started with.</summary>
/// <param name="Url">Where it answers JSON-RPC.</param>
/// <param name="P2pListen">Where it takes peers; null = nowhere.</param>
/// <param name="Peers">Whom it dials.</param>
/// <param name="Redis">In place of links.</param>
/// <param name="Before">Words before the program, as those that enter a network namespace.</param>
/// <param name="Dial">How to reach it where its address is not one of this process's network.</param>
internal sealed record ValidatorPlace(
    Uri Url, string? P2pListen, IReadOnlyList<string> Peers, string? Redis = null, IReadOnlyList<string>? Before = null,
    Func<Socket>? Dial = null)
{
    /// <summary>A client whose questions end soon, since nodes here may be stopped.</summary>
    public HttpClient Client()
    {
        var handler = new SocketsHttpHandler();
        if (Dial is not null)
        {
            handler.ConnectCallback = (_, _) =>
                ValueTask.FromResult<Stream>(new NetworkStream(Dial(), ownsSocket: true));
        }

        return new HttpClient(handler) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(2) };
    }
}
