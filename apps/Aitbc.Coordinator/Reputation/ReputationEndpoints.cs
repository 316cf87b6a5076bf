using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Reputation;

internal static class ReputationEndpoints
{
    public static void MapReputation(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/providers/{address}/reputation", ShowAsync)
            .WithName("ProviderReputation").WithTags("providers");

    private static async Task<Ok<ReputationView>> ShowAsync(
        Address address, Standings standings, CancellationToken cancel, int limit = 100, Address? after = null) =>
        TypedResults.Ok(await standings.ShowAsync(address, PageLimit.Check(limit), after, cancel));
}
