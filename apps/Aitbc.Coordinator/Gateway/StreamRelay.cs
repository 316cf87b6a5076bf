using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Passes server-sent events on, whole ones only, and knows which was the last: there a broken stream is taken up
/// again. Where that cannot be, it ends with an event that says what was paid and what to do, never silently.
/// </summary>
internal sealed class StreamRelay(
    HttpContext http, Address provider, string id, ProviderAnswer first, TimeProvider time)
{
    private const int LongestEvent = 1024 * 1024;
    private const int MostSeams = 16;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(180);

    private readonly StreamMarks marks = new(first.Header(X402Headers.Response));
    private byte[] buffer = new byte[16 * 1024];
    private int length;

    /// <param name="resume">The stream after an event; null if there is none any more.</param>
    /// <param name="stopping">This coordinator stops.</param>
    /// <param name="ending">The client left, or this coordinator stops.</param>
    public async Task RunAsync(
        Func<int?, CancellationToken, Task<ProviderAnswer?>> resume, CancellationToken stopping,
        CancellationToken ending)
    {
        var current = first;
        try
        {
            await http.Response.Body.FlushAsync(ending);
            for (var seams = 0; !await PumpAsync(current, ending); seams++)
            {
                await current.DisposeAsync();
                length = 0; // the rest of an event that broke comes again whole
                if (seams == MostSeams || await resume(marks.LastEvent, ending) is not { } next)
                {
                    await EndAsync("provider_lost", "The provider was lost while it answered.");
                    return;
                }

                current = next;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await EndAsync("gateway_stopping", "This coordinator stops; the provider keeps the answer.");
        }
        catch (OperationCanceledException)
        {
            // The client left; it may come back for the rest.
        }
        finally
        {
            await current.DisposeAsync();
        }
    }

    /// <summary>True at the end of the answer, false where it broke.</summary>
    private async Task<bool> PumpAsync(ProviderAnswer answer, CancellationToken ending)
    {
        using var quiet = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ending, quiet.Token);
        try
        {
            while (true)
            {
                quiet.CancelAfter(Silence);
                if (length == buffer.Length)
                {
                    if (length >= LongestEvent)
                        return false;
                    Array.Resize(ref buffer, length * 2);
                }

                var read = await answer.Body.ReadAsync(buffer.AsMemory(length), both.Token);
                if (read == 0)
                    return length == 0 || await PassAsync(length, ending);
                length += read;
                var whole = buffer.AsSpan(0, length).LastIndexOf("\n\n"u8);
                if (whole >= 0)
                    await PassAsync(whole + 2, ending);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException
            || (e is OperationCanceledException && !ending.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<bool> PassAsync(int count, CancellationToken ending)
    {
        marks.Saw(buffer.AsSpan(0, count));
        http.Response.BodyWriter.Write(buffer.AsSpan(0, count));
        buffer.AsSpan(count, length - count).CopyTo(buffer);
        length -= count;
        await http.Response.BodyWriter.FlushAsync(ending);
        return true;
    }

    private async Task EndAsync(string code, string sentence)
    {
        var paid = marks.Paid;
        var problem = new GatewayProblem(
            502, code, sentence, true, !paid.IsZero,
            $"GET /v1/streams/{id} with {GatewayAsk.ProviderHeader} and Last-Event-ID gives the rest if it is kept; "
            + "else another provider can continue from what was given.");
        var data = new ArrayBufferWriter<byte>();
        data.Write("data: "u8);
        using (var json = new Utf8JsonWriter(data))
        {
            json.WriteStartObject();
            GatewayErrors.Write(json, problem, more =>
            {
                more.WriteString("provider", provider.ToString());
                more.WriteString("answer", id);
                if (marks.LastEvent is { } last)
                    more.WriteNumber("lastEvent", last);
                more.WriteString("paidAtMost", paid.ToString());
            });
            json.WriteEndObject();
        }

        data.Write("\n\n"u8);
        try
        {
            await http.Response.Body.WriteAsync(data.WrittenMemory, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // There is nobody to tell.
        }
    }
}
