using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.Market;

/// <summary>Offers, quotes, the book and its feeds.</summary>
public sealed partial class MarketClient
{
    private const int MaxEventChars = 64 * 1024;

    /// <summary>Signs an offer with this account and puts it on the market, in place of an older of its name.</summary>
    public async Task<OfferView> PutOfferAsync(MarketOffer offer, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var info = await InfoAsync(cancel).ConfigureAwait(false);
        var signed = await offer.SignAsync(signer ?? throw NoAccount(), info, cancel).ConfigureAwait(false);
        return await SendOfferAsync(signed, cancel).ConfigureAwait(false);
    }

    /// <summary>Puts an offer that is signed already on the market.</summary>
    public Task<OfferView> SendOfferAsync(MarketOffer signed, CancellationToken cancel = default) => PostAsync(
        "v1/offers", signed, MarketJson.Default.MarketOffer, MarketJson.Default.OfferView, false, cancel);

    /// <summary>Offers by class, price and score.</summary>
    /// <param name="filter">Which; null = all.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<OfferPage> OffersAsync(
        OfferFilter? filter = null, int limit = 100, string? after = null, CancellationToken cancel = default)
    {
        var query = Page(limit, after) + Also("class", filter?.ResourceClass) + Also("region", filter?.Region)
            + Also("privacy", filter?.Privacy) + Also("provider", filter?.Provider?.ToString())
            + Also("gpu", filter?.Gpu) + (filter is { Warm: true } ? "&warm=true" : "");
        return GetAsync("v1/offers" + query, MarketJson.Default.OfferPage, false, cancel);
    }

    /// <summary>
    /// A firm quote for a job, with a slot held. The same key and specification give the same quote while it is open.
    /// A refusal names the limit that failed and the nearest offer (<see cref="AitbcProblem.Nearest"/>).
    /// </summary>
    public Task<MarketQuote> QuoteAsync(QuoteRequest request, CancellationToken cancel = default) => PostAsync(
        "v1/quotes", request, MarketJson.Default.QuoteRequest, MarketJson.Default.MarketQuote, true, cancel);

    /// <summary>A quote of this account.</summary>
    public Task<MarketQuote> QuoteAsync(Hash256 id, CancellationToken cancel = default) =>
        GetAsync($"v1/quotes/{id}", MarketJson.Default.MarketQuote, true, cancel);

    /// <summary>Lets a job wait in the book for a price.</summary>
    public Task<BidView> BidAsync(BidRequest bid, CancellationToken cancel = default) => PostAsync(
        "v1/market/bids", bid, MarketJson.Default.BidRequest, MarketJson.Default.BidView, true, cancel);

    /// <summary>A bid of this account; once it matched, with its quote.</summary>
    public Task<BidView> BidAsync(Hash256 jobId, CancellationToken cancel = default) =>
        GetAsync($"v1/market/bids/{jobId}", MarketJson.Default.BidView, true, cancel);

    /// <summary>Takes a bid out of the book. One that matched stays matched.</summary>
    public async Task<BidView> CancelBidAsync(Hash256 jobId, CancellationToken cancel = default)
    {
        using var response = await CallAsync(HttpMethod.Delete, $"v1/market/bids/{jobId}", null, true, cancel)
            .ConfigureAwait(false);
        return await ReadAsync(response, MarketJson.Default.BidView, cancel).ConfigureAwait(false);
    }

    /// <summary>What rests in the book of a class.</summary>
    /// <param name="resourceClass">Such as <c>wasm</c>.</param>
    /// <param name="depth">Most prices of each side, 1 to 100.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<BookView> BookAsync(string resourceClass, int depth = 20, CancellationToken cancel = default) =>
        GetAsync(
            $"v1/market/book?class={Uri.EscapeDataString(resourceClass)}&depth={Number(depth)}",
            MarketJson.Default.BookView,
            false,
            cancel);

    /// <summary>The classes in a line each.</summary>
    /// <param name="resourceClass">Only this; null = all.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<TickerPage> TickersAsync(
        string? resourceClass = null, int limit = 100, string? after = null, CancellationToken cancel = default) =>
        GetAsync(
            "v1/market/ticker" + Page(limit, after) + Also("class", resourceClass),
            MarketJson.Default.TickerPage,
            false,
            cancel);

    /// <summary>Candles of a class, newest first.</summary>
    /// <param name="resourceClass">Such as <c>wasm</c>.</param>
    /// <param name="interval"><c>1m</c>, <c>5m</c>, <c>1h</c> or <c>1d</c>.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<CandlePage> CandlesAsync(
        string resourceClass,
        string interval,
        int limit = 100,
        string? after = null,
        CancellationToken cancel = default) => GetAsync(
            "v1/market/candles" + Page(limit, after) + Also("class", resourceClass) + Also("interval", interval),
            MarketJson.Default.CandlePage,
            false,
            cancel);

    /// <summary>Trades of a class, newest first.</summary>
    /// <param name="resourceClass">Such as <c>wasm</c>.</param>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<TradePage> TradesAsync(
        string resourceClass, int limit = 100, string? after = null, CancellationToken cancel = default) => GetAsync(
            "v1/market/trades" + Page(limit, after) + Also("class", resourceClass),
            MarketJson.Default.TradePage,
            false,
            cancel);

    /// <summary>
    /// The changes of a book as they happen, without a gap. It ends when the coordinator ends it or this reader is too
    /// slow; go on with the last sequence number. Where that is too long ago, the coordinator refuses
    /// (<see cref="ProblemCodes.Conflict"/>): take the book anew.
    /// </summary>
    /// <param name="resourceClass">Such as <c>wasm</c>.</param>
    /// <param name="after">Sequence number of the last known change; null = from now on.</param>
    /// <param name="cancel">Ends the feed.</param>
    public async IAsyncEnumerable<BookEvent> FeedAsync(
        string resourceClass, long? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var path = $"v1/market/feed?class={Uri.EscapeDataString(resourceClass)}"
            + Also("after", after is { } number ? Number(number) : null);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
        var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using var owned = body.ConfigureAwait(false);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel).ConfigureAwait(false))
        {
            if (item.Data.Length is > 0 and <= MaxEventChars)
                yield return EventOf(item.Data);
        }
    }

    private static BookEvent EventOf(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MarketJson.Default.BookEvent)
                ?? throw new InvalidDataException("An event of the feed is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("An event of the feed is not what its specification says.", e);
        }
    }

    private static string Also(string name, string? value) =>
        value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
