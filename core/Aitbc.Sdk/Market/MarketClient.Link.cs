using System.Net;
using System.Net.WebSockets;

namespace Aitbc.Sdk.Market;

/// <summary>The outbound link of a provider.</summary>
public sealed partial class MarketClient
{
    /// <summary>
    /// Dials the coordinator as this account, which is a registered provider (specs/market/link.md). Throws <see
    /// cref="WebSocketException"/> or <see cref="HttpRequestException"/> if it does not take the link.
    /// </summary>
    /// <param name="cancel">Stops the attempt.</param>
    /// <returns>The open socket for a <see cref="Link.LinkConnection"/>; the caller disposes it.</returns>
    public async Task<WebSocket> LinkAsync(CancellationToken cancel = default)
    {
        for (var isFresh = false; ; isFresh = true)
        {
            var token = await (signIn ?? throw NoAccount()).TokenAsync(isFresh, cancel).ConfigureAwait(false);
            var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            socket.Options.CollectHttpResponseDetails = true;
            try
            {
                await socket.ConnectAsync(LinkAddress(), cancel).ConfigureAwait(false);
                return socket;
            }
            catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.Unauthorized && !isFresh)
            {
                // The token has ended, or the coordinator has another database now.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private Uri LinkAddress()
    {
        var address = new UriBuilder(new Uri(http.BaseAddress!, "v1/providers/link"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        return address.Uri;
    }
}
