using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Offers;

internal static class OfferEndpoints
{
    public static void MapOffers(this IEndpointRouteBuilder routes)
    {
        var offers = routes.MapGroup("/v1/offers").WithTags("offers");
        offers.MapPost("", PutAsync).WithName("PutOffer");
        offers.MapGet("", ListAsync).WithName("ListOffers");
        offers.MapGet("/{id}", ShowAsync).WithName("ShowOffer");
    }

    private static async Task<Ok<OfferView>> PutAsync(
        MarketOffer body, OfferDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.PutAsync(body, cancel));

    private static async Task<Ok<OfferPage>> ListAsync(
        OfferDesk desk,
        CancellationToken cancel,
        [FromQuery(Name = "class")] string? resourceClass = null,
        Address? provider = null,
        string? region = null,
        string? privacy = null,
        bool warm = false,
        string? gpu = null,
        int limit = 100,
        string? after = null)
    {
        var filter = new OfferFilter
        {
            ResourceClass = resourceClass,
            Provider = provider,
            Region = region,
            Privacy = privacy,
            Warm = warm,
            Gpu = gpu,
        };
        return TypedResults.Ok(await desk.ListAsync(filter, PageLimit.Check(limit), after, cancel));
    }

    private static async Task<Ok<OfferView>> ShowAsync(Hash256 id, OfferDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.FindAsync(id, cancel) ?? throw Refusal.Of(
            404, ProblemCodes.OfferNotFound, $"There is no offer {id}.", "List offers with GET /v1/offers."));
}
