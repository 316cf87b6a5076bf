using System.Net.Sockets;

namespace Aitbc.Cli.Network;

/// <summary>A way to a daemon: http, https, or a Unix socket as <c>unix:/run/aitbc/wallet.sock</c>.</summary>
internal static class Connection
{
    private const string Unix = "unix";

    /// <summary>The address, or null if it is none.</summary>
    public static Uri? TryRead(string text, bool isSocketToo)
    {
        if (isSocketToo && text.StartsWith(Unix + ":", StringComparison.Ordinal) && text.Length > Unix.Length + 1)
            return new Uri($"{Unix}:{Path.GetFullPath(text[(Unix.Length + 1)..])}");
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
    }

    public static HttpClient Open(Uri address, TimeSpan timeout) => address.Scheme == Unix
        ? new HttpClient(ToSocket(address.LocalPath)) { BaseAddress = new Uri("http://localhost"), Timeout = timeout }
        : new HttpClient { BaseAddress = address, Timeout = timeout };

    private static SocketsHttpHandler ToSocket(string path) => new()
    {
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
