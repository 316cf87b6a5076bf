using System.Net;
using System.Text;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Proxy;

/// <summary>
/// One request and its answer. A client that leaves in the middle of a stream, or a proxy that stops, ends the answer
/// at its provider too, so that nobody pays for what nobody reads.
/// </summary>
internal sealed class ProxyExchange(HttpListenerContext context, ProxyPlan plan, HttpMessageHandler sockets)
{
    /// <summary>The longest body of a request: that of the doors (specs/provider/doors.md).</summary>
    public const int MostBytes = 24 * 1024 * 1024;

    private const long MostHeard = 4L * MostBytes;
    private const int PieceBytes = 16 * 1024;
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BodyPatience = TimeSpan.FromMinutes(1);

    // A place is not held for ever: a gateway gives up before (specs/market/gateway.md, Bounds), and so does a channel.
    private static readonly TimeSpan HeadPatience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan PiecePatience = TimeSpan.FromMinutes(5);

    private readonly HttpListenerRequest request = context.Request;
    private readonly HttpListenerResponse response = context.Response;
    private bool hasBegun;

    private string Path => request.Url?.AbsolutePath ?? "/";

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            if (ProxyHeaders.Token(request) is not { } token)
                await RefuseAsync(ProxyRefusal.NoKey);
            else if (await BodyAsync(cancel) is not { } body)
                await RefuseAsync(ProxyRefusal.TooLong);
            else
                await AskAsync(token, body, cancel);
        }
        catch (Exception e)
        {
            await FailAsync(e);
        }
    }

    public async Task RefuseBusyAsync()
    {
        try
        {
            response.Headers["Retry-After"] = "1";
            await RefuseAsync(ProxyRefusal.Busy);
        }
        catch (Exception e)
        {
            await FailAsync(e);
        }
    }

    private async Task AskAsync(string token, byte[] body, CancellationToken cancel)
    {
        // The sockets are shared by all requests; what pays is this request's own.
        using var http = new HttpMessageInvoker(
            new X402Handler(plan.Wallet(token), new X402HandlerOptions
            {
                MaxAmount = plan.Most,
                MaxDeposit = plan.MaxDeposit,
                MaxBodyBytes = MostBytes,
                BusyTimeout = BusyTimeout,
            })
            {
                InnerHandler = sockets,
            },
            disposeHandler: false);
        using var asked = new HttpRequestMessage(
            new HttpMethod(request.HttpMethod), Address(Path + request.Url?.Query));
        if (request.HasEntityBody)
            asked.Content = new ByteArrayContent(body);
        ProxyHeaders.Pass(request, asked);
        if (request.Headers[ProxyHeaders.Key] is { Length: <= 64 } key && key.All(c => c is > ' ' and < '\x7f'))
            asked.Options.Set(X402Request.IdempotencyKey, key);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(HeadPatience);
        using var answer = await http.SendAsync(asked, patience.Token);
        response.StatusCode = (int)answer.StatusCode;
        ProxyHeaders.Pass(answer, response);
        Tell(answer);
        await GiveAsync(answer, cancel);
    }

    private async Task GiveAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.Content.Headers.ContentLength is { } length)
            response.ContentLength64 = length;
        else
            response.SendChunked = true;
        hasBegun = true;
        if (request.HttpMethod == "HEAD")
        {
            response.Close();
            return;
        }

        try
        {
            await using var from = await answer.Content.ReadAsStreamAsync(cancel);
            var piece = new byte[PieceBytes];
            while (await ReadAsync(from, piece, cancel) is > 0 and var count)
            {
                await response.OutputStream.WriteAsync(piece.AsMemory(0, count), CancellationToken.None)
                    .AsTask().WaitAsync(PiecePatience, CancellationToken.None);
            }

            response.Close();
        }
        catch (HttpRequestException)
        {
            await BreakAsync(answer, ProxyRefusal.Lost);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(answer);
            await BreakAsync(answer, ProxyRefusal.Stopping);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException
            or TimeoutException)
        {
            await StopAsync(answer);
            throw;
        }
    }

    /// <summary>
    /// The end of an answer that is not whole says so in the stream's own words: the listener ends a chunked body in
    /// good order whatever happened, and clients would take what they have for everything.
    /// </summary>
    private async Task BreakAsync(HttpResponseMessage answer, ProxyRefusal why)
    {
        var (before, after) = answer.Content.Headers.ContentType?.MediaType switch
        {
            "text/event-stream" => ("\n\ndata: ", "\n\n"),
            "application/x-ndjson" => ("\n", "\n"),
            _ => (null, null),
        };
        plan.Tell($"{request.HttpMethod} {Path}: broken off, {why.Code}");
        if (before is null)
        {
            response.Abort();
            return;
        }

        await response.OutputStream.WriteAsync(
            (byte[])[.. Encoding.UTF8.GetBytes(before), .. why.Body(Path), .. Encoding.UTF8.GetBytes(after!)]);
        response.Close();
    }

    // A server that breaks off still has the answer: it is not stopped, and may be taken up again.
    private static async Task<int> ReadAsync(Stream from, byte[] piece, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PiecePatience);
        try
        {
            return await from.ReadAsync(piece, patience.Token);
        }
        catch (Exception e) when (e is IOException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>What was given of an answer is paid, and no more is made (specs/provider/streams.md).</summary>
    private async Task StopAsync(HttpResponseMessage answer)
    {
        if (ProxyHeaders.Find(answer, ProxyHeaders.Answer) is not { } id)
            return;
        using var patience = new CancellationTokenSource(StopPatience);
        using var http = new HttpMessageInvoker(sockets, disposeHandler: false);
        using var stop = new HttpRequestMessage(
            HttpMethod.Delete, Address("/v1/streams/" + Uri.EscapeDataString(id)));
        if (ProxyHeaders.Find(answer, ProxyHeaders.Provider) is { } provider)
            stop.Headers.TryAddWithoutValidation(ProxyHeaders.Provider, provider);
        try
        {
            using var stopped = await http.SendAsync(stop, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            plan.Tell($"The answer {id} could not be stopped: it is made, and paid, to its end.");
        }
    }

    // A text of the client is never more than a path: it cannot name another server.
    private Uri Address(string pathAndQuery) =>
        new(plan.Server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + pathAndQuery.TrimStart('/'));

    // A body that is a little too long is read to its end, since a client that still sends hears no refusal.
    private async Task<byte[]?> BodyAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        var piece = new byte[PieceBytes];
        var length = 0L;
        while (length <= MostHeard && await ReadBodyAsync(piece, cancel) is > 0 and var count)
        {
            length += count;
            if (length <= MostBytes)
                body.Write(piece, 0, count);
        }

        return length <= MostBytes ? body.ToArray() : null;
    }

    private Task<int> ReadBodyAsync(byte[] piece, CancellationToken cancel) =>
        request.InputStream.ReadAsync(piece, cancel).AsTask().WaitAsync(BodyPatience, cancel);

    private async Task RefuseAsync(ProxyRefusal refusal)
    {
        var body = refusal.Body(Path);
        response.StatusCode = refusal.Status;
        response.ContentType = "application/json";
        response.Headers["X-Should-Retry"] = refusal.Retryable ? "true" : "false";
        response.ContentLength64 = body.Length;
        hasBegun = true;
        plan.Tell($"{request.HttpMethod} {Path}: {refusal.Status} {refusal.Code}");
        await response.OutputStream.WriteAsync(body);
        response.Close();
    }

    private async Task FailAsync(Exception failure)
    {
        try
        {
            // An answer that has begun and cannot end is cut, so that nobody takes it for whole.
            if (hasBegun)
                response.Abort();
            else
                await RefuseAsync(ProxyRefusal.From(failure));
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            // Who asked has gone.
        }
    }

    private void Tell(HttpResponseMessage answer)
    {
        var paid = answer.RequestMessage is { } sent && sent.Options.TryGetValue(X402Request.Payment, out var payment)
            ? $", at most {Say.Ait(payment.Price)} to {payment.Payee}"
            : "";
        plan.Tell($"{request.HttpMethod} {Path}: {(int)answer.StatusCode}{paid}");
    }
}
