using System.Net;
using System.Net.Sockets;

namespace Aitbc.Coordinator.Outbound;

/// <summary>Requests to addresses that strangers chose.</summary>
internal static class StrangerHttp
{
    /// <summary>
    /// A sender for addresses that strangers registered: it follows no redirect, keeps no cookie, and connects to no
    /// address of this machine or its network unless that is allowed, so that nobody reaches through it what only
    /// neighbours may reach.
    /// </summary>
    public static HttpMessageInvoker Sender(bool mayBePrivate) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 512,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 128, // KiB
        ConnectCallback = async (context, cancel) =>
        {
            var all = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
            var open = all.Where(a => mayBePrivate || PublicAddress.Is(a)).ToArray();
            if (open.Length == 0)
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError, "The address is not one of the public network.");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(open, context.DnsEndPoint.Port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}
