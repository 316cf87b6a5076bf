using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.Chat;

/// <summary>
/// Streams an answer of a model that is paid by the call, over a gateway (specs/market/gateway.md) or of a provider.
/// The client that it is given pays: usually by <see cref="X402.X402Handler"/>. Where a gateway says that a provider
/// was lost in the middle, another is asked to go on from what was given, and paid for its part alone.
/// </summary>
public sealed class PaidChat
{
    private const int LongestLine = 1024 * 1024;
    private const string ProviderHeader = "X-Aitbc-Provider";
    private readonly HttpClient http;
    private readonly Lock gate = new();
    private string? answer;
    private Address? provider;
    private bool isStopped;

    /// <summary>Makes one for one answer.</summary>
    /// <param name="http">Its base address is the gateway's or provider's; the caller keeps ownership.</param>
    public PaidChat(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        this.http = http;
    }

    /// <summary>How often another provider may go on, 0 to 8.</summary>
    public int MostMoves { get; init; } = 2;

    /// <summary>Streams the answer, once.</summary>
    /// <param name="ask">What is asked.</param>
    /// <param name="cancel">Gives the answer up; <see cref="StopAsync"/> ends it with its cost known.</param>
    /// <remarks>Throws <see cref="AitbcException"/> if there is no answer or it cannot go on, and what the client that
    /// pays throws.</remarks>
    public async IAsyncEnumerable<ChatPart> AskAsync(
        ChatAsk ask, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var given = new StringBuilder();
        var (tokens, before) = (0UL, UInt256.Zero);
        var lost = new List<Address>();
        while (true)
        {
            var left = ask.MaxTokens - (int)Math.Min(tokens, (ulong)ask.MaxTokens - 1);
            using var response = await SendAsync(ask, given.ToString(), left, lost, cancel).ConfigureAwait(false);
            var (reason, end) = ("stop", (AitbcProblem?)null);
            UInt256? paid = null;
            ChatCost? counted = null;
            await foreach (var (kind, json) in LinesAsync(response, cancel).ConfigureAwait(false))
            {
                if (kind == Line.Tally)
                {
                    counted = Cost(json, tokens, before);
                    yield return counted;
                }
                else if (json.TryGetProperty("error", out var error))
                {
                    end = ChatWire.Problem(502, json);
                    paid = error.ValueKind == JsonValueKind.Object ? ChatWire.Amount(error, "paidAtMost") : null;
                }
                else
                {
                    var (text, finish) = ChatWire.Delta(json);
                    reason = finish ?? reason;
                    if (string.IsNullOrEmpty(text))
                        continue;
                    given.Append(text);
                    yield return new ChatText(text);
                }
            }

            if (end is null)
            {
                yield return new ChatEnd(reason, provider, answer);
                yield break;
            }

            before = paid is { } part ? before + part : counted?.Cost ?? before;
            tokens = counted?.Tokens ?? tokens;
            if (end.Code != "provider_lost" || provider is not { } who || lost.Count >= MostMoves || isStopped)
                throw new AitbcException(end with { Charged = end.Charged || !before.IsZero });
            lost.Add(who);
            yield return new ChatMoved(who, paid ?? UInt256.Zero);
        }
    }

    /// <summary>
    /// Ends the answer, its engine and its meter; what was given of it is paid. The answer still comes to its end.
    /// </summary>
    /// <param name="cancel">Stops the wait.</param>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        string? id;
        Address? who;
        lock (gate)
            (isStopped, id, who) = (true, answer, provider);
        if (id is null)
            return;
        using var request = new HttpRequestMessage(HttpMethod.Delete, "v1/streams/" + id);
        if (who is { } named)
            request.Headers.Add(ProviderHeader, named.ToString());
        using var response = await http.SendAsync(request, cancel).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(
        ChatAsk ask, string given, int maxTokens, List<Address> lost, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new ByteArrayContent(ChatWire.Body(ask, given, maxTokens)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (ask.MaxPrice is { } most)
            request.Headers.Add("X-Aitbc-Max-Price", most.ToString());
        if (lost.Count > 0)
            request.Headers.Add("X-Aitbc-Exclude", string.Join(",", lost));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
            .ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            using var refused = response;
            await response.Content.LoadIntoBufferAsync(LongestLine, cancel).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            throw new AitbcException(ChatWire.Problem((int)response.StatusCode, ChatWire.Parse(text)));
        }

        bool isLate;
        lock (gate)
        {
            answer = Header(response, "X-Aitbc-Answer");
            provider = Address.TryParse(Header(response, ProviderHeader), out var who) ? who : null;
            isLate = isStopped;
        }

        if (isLate)
            await StopAsync(cancel).ConfigureAwait(false);
        return response;
    }

    private static ChatCost Cost(JsonElement tally, ulong tokens, UInt256 before)
    {
        var charged = ChatWire.Amount(tally, "charged");
        var given = tally.TryGetProperty("tokens", out var count) && count.ValueKind == JsonValueKind.Number
            && count.TryGetUInt64(out var number) ? number : 0;
        var cost = charged ?? ChatWire.Amount(tally, "charge") ?? UInt256.Zero;
        return new ChatCost(tokens + given, before + cost, charged is not null);
    }

    private static async IAsyncEnumerable<(Line Kind, JsonElement Json)> LinesAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var isDone = false;
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length > LongestLine)
                throw new InvalidDataException("The server sent an event that is too long.");
            isDone |= line == "data: [DONE]";
            var (kind, start) = line.StartsWith("data: {", StringComparison.Ordinal) ? (Line.Data, 6)
                : line.StartsWith(": aitbc {", StringComparison.Ordinal) ? (Line.Tally, 8) : (Line.Other, 0);
            if (kind == Line.Other || ChatWire.Parse(line.AsSpan(start)) is not { } json)
                continue;
            isDone |= json.TryGetProperty("error", out _);
            yield return (kind, json);
        }

        if (!isDone)
            throw new IOException("The stream was cut: it ended without saying how.");
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private enum Line
    {
        Other = 0,
        Data,
        Tally,
    }
}
