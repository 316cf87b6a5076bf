using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator.Book;

/// <summary>
/// The changes of a book over server-sent events and over a WebSocket: the same events with the same numbers. Who is
/// too slow is cut, and goes on from its last number.
/// </summary>
internal static class FeedEndpoints
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    public static async Task EventsAsync(
        [FromQuery(Name = "class")] string resourceClass,
        HttpContext http,
        BookViews views,
        IHostApplicationLifetime lifetime,
        long? after = null)
    {
        using var feed = await OpenAsync(http, resourceClass, after ?? LastEventId(http), views, lifetime);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.FlushAsync(feed.Ending);
        await feed.RunAsync(
            fact => WriteAsync(http, Event(fact), feed.Ending),
            () => WriteAsync(http, ": still here\n\n", feed.Ending));
    }

    public static async Task SocketAsync(
        [FromQuery(Name = "class")] string resourceClass,
        HttpContext http,
        BookViews views,
        IHostApplicationLifetime lifetime,
        long? after = null)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            throw Refusal.Invalid("This endpoint speaks WebSocket.", "Follow GET /v1/market/feed with plain HTTP.");
        using var feed = await OpenAsync(http, resourceClass, after, views, lifetime);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = Beat, KeepAliveTimeout = Beat });
        var listening = ListenAsync(socket, feed);
        await feed.RunAsync(fact => SendAsync(socket, fact, feed.Ending), () => Task.CompletedTask);
        if (feed.IsCut || socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            socket.Abort(); // a goodbye would wait for a reader that does not read
        else
            await socket.CloseOutputAsync(
                WebSocketCloseStatus.EndpointUnavailable, "The feed ends here.", CancellationToken.None);
        await listening;
    }

    private static async Task<OpenFeed> OpenAsync(
        HttpContext http,
        string resourceClass,
        long? after,
        BookViews views,
        IHostApplicationLifetime lifetime)
    {
        var feed = await views.FeedAsync(resourceClass, http.RequestAborted);
        return new OpenFeed(feed, feed.Subscribe(after), http.RequestAborted, lifetime.ApplicationStopping);
    }

    /// <summary>Reads until the client closes; what it says is of no interest.</summary>
    private static async Task ListenAsync(WebSocket socket, OpenFeed feed)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer, feed.Ending)).MessageType != WebSocketMessageType.Close)
            {
                // Pings and small talk.
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The connection is over either way.
        }

        feed.End();
    }

    private static async Task SendAsync(WebSocket socket, BookFact fact, CancellationToken ending) =>
        await socket.SendAsync(Json(fact), WebSocketMessageType.Text, true, ending);

    private static string Event(BookFact fact) =>
        $"id: {fact.Sequence.ToString(CultureInfo.InvariantCulture)}\ndata: {Encoding.UTF8.GetString(Json(fact))}\n\n";

    private static byte[] Json(BookFact fact) =>
        JsonSerializer.SerializeToUtf8Bytes(BookViews.Event(fact), MarketJson.Default.BookEvent);

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken ending)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), ending);
        await http.Response.Body.FlushAsync(ending);
    }

    private static long? LastEventId(HttpContext http)
    {
        var header = http.Request.Headers["Last-Event-ID"].ToString();
        return header.Length == 0 ? null
            : long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Refusal.Invalid("Last-Event-ID is the number of an event of this feed.");
    }

    /// <summary>A subscription that ends with its request, with the daemon, or when its reader is too slow.</summary>
    private sealed class OpenFeed(
        BookFeed feed, FeedReader reader, CancellationToken request, CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource ending =
            CancellationTokenSource.CreateLinkedTokenSource(request, stopping, reader.Cut);

        public CancellationToken Ending => ending.Token;

        public bool IsCut => reader.Cut.IsCancellationRequested;

        public void End() => ending.Cancel();

        public async Task RunAsync(Func<BookFact, Task> give, Func<Task> beat)
        {
            try
            {
                foreach (var fact in reader.Missed)
                    await give(fact);
                while (true)
                {
                    if (!await WaitAsync())
                    {
                        await beat();
                        continue;
                    }

                    while (reader.Queue.TryRead(out var fact))
                        await give(fact);
                    if (reader.Queue.Completion.IsCompleted)
                        return;
                }
            }
            catch (Exception over) when (over is OperationCanceledException or IOException or WebSocketException)
            {
                // Reader or daemon went away, or the reader was cut.
            }
        }

        public void Dispose()
        {
            feed.Leave(reader);
            ending.Dispose();
            reader.Dispose();
        }

        /// <summary>False when nothing came for a while.</summary>
        private async Task<bool> WaitAsync()
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(Ending);
            pause.CancelAfter(Beat);
            try
            {
                await reader.Queue.WaitToReadAsync(pause.Token);
                return true;
            }
            catch (OperationCanceledException) when (!Ending.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
