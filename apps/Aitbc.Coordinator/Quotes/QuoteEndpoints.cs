using Aitbc.Coordinator.Access;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Quotes;

internal static class QuoteEndpoints
{
    public static void MapQuotes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/quotes", QuoteAsync).WithName("Quote").WithScope(AccessScope.JobsWrite).WithTags("quotes");
        routes.MapGet("/v1/quotes/{id}", ShowAsync)
            .WithName("ShowQuote").WithScope(AccessScope.JobsRead).WithTags("quotes");
    }

    private static async Task<Ok<MarketQuote>> QuoteAsync(
        QuoteRequest body, Caller caller, QuoteDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.QuoteAsync(caller.Account, body, cancel));

    private static async Task<Ok<MarketQuote>> ShowAsync(
        Hash256 id, Caller caller, QuoteDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.FindAsync(caller.Account, id, cancel));
}
