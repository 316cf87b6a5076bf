using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node.Rpc.Doors;

/// <summary>JSON-RPC over WebSocket on the same path: the same methods, and subscriptions.</summary>
internal sealed class WebSocketDoor(
    RpcServer server, ChainFeed feed, BlockReader blocks, ClientBudgets clients, NodeOptions options,
    TimeProvider time, IHostApplicationLifetime life)
{
    private int open;

    public async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "POST, OPTIONS";
            await http.Response.WriteAsync(
                "This is a JSON-RPC endpoint: send POST, or open a WebSocket.\n", http.RequestAborted)
                .ConfigureAwait(false);
            return;
        }

        if (Interlocked.Increment(ref open) > options.MaxConnections)
        {
            Interlocked.Decrement(ref open);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await http.Response.WriteAsync(
                $"At most {options.MaxConnections} WebSocket connections are served.\n", http.RequestAborted)
                .ConfigureAwait(false);
            return;
        }

        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
            var budget = clients.Of(http.Connection.RemoteIpAddress);
            using var session = new WebSocketSession(socket, server, feed, blocks, budget, options, time);
            await session.RunAsync(life.ApplicationStopping).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }
}
