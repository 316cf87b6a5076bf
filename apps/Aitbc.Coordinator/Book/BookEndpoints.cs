using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Book;

internal static class BookEndpoints
{
    public static void MapBooks(this IEndpointRouteBuilder routes)
    {
        var market = routes.MapGroup("/v1/market").WithTags("market");
        market.MapGet("/book", BookAsync).WithName("MarketBook");
        market.MapGet("/ticker", TickerAsync).WithName("MarketTicker");
        market.MapGet("/candles", CandlesAsync).WithName("MarketCandles");
        market.MapGet("/trades", TradesAsync).WithName("MarketTrades");
        market.MapPost("/bids", BidAsync).WithName("PlaceBid").WithScope(AccessScope.JobsWrite);
        market.MapGet("/bids/{jobId}", ShowAsync).WithName("ShowBid").WithScope(AccessScope.JobsRead);
        market.MapDelete("/bids/{jobId}", CancelAsync).WithName("CancelBid").WithScope(AccessScope.JobsWrite);
        market.MapGet("/feed", FeedEndpoints.EventsAsync).WithName("MarketFeed")
            .Produces(200, contentType: "text/event-stream");
        market.MapGet("/socket", FeedEndpoints.SocketAsync).WithName("MarketSocket").Produces(101);
    }

    private static async Task<Ok<BookView>> BookAsync(
        [FromQuery(Name = "class")] string resourceClass,
        BookViews views,
        CancellationToken cancel,
        int depth = 20) =>
        TypedResults.Ok(await views.BookAsync(resourceClass, PageLimit.Check(depth), cancel));

    private static async Task<Ok<TickerPage>> TickerAsync(
        BookViews views,
        CancellationToken cancel,
        [FromQuery(Name = "class")] string? resourceClass = null,
        int limit = 100,
        string? after = null) =>
        TypedResults.Ok(await views.TickersAsync(resourceClass, PageLimit.Check(limit), after, cancel));

    private static async Task<Ok<CandlePage>> CandlesAsync(
        [FromQuery(Name = "class")] string resourceClass,
        string interval,
        BookViews views,
        CancellationToken cancel,
        int limit = 100,
        string? after = null) =>
        TypedResults.Ok(await views.CandlesAsync(resourceClass, interval, PageLimit.Check(limit), after, cancel));

    private static async Task<Ok<TradePage>> TradesAsync(
        [FromQuery(Name = "class")] string resourceClass,
        BookViews views,
        CancellationToken cancel,
        int limit = 100,
        string? after = null) =>
        TypedResults.Ok(await views.TradesAsync(resourceClass, PageLimit.Check(limit), after, cancel));

    private static async Task<Ok<BidView>> BidAsync(
        BidRequest body, Caller caller, BidDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.BidAsync(caller.Account, body, cancel));

    private static async Task<Ok<BidView>> ShowAsync(
        Hash256 jobId, Caller caller, BidDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.ShowAsync(caller.Account, jobId, cancel));

    private static async Task<Ok<BidView>> CancelAsync(
        Hash256 jobId, Caller caller, BidDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.CancelAsync(caller.Account, jobId, cancel));
}
