using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Providers;

internal static class ProviderEndpoints
{
    private const int MostCapacity = 10_000;

    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/providers", RegisterAsync).WithName("RegisterProvider").WithTags("providers");
        routes.MapGet("/v1/providers", ListAsync).WithName("ListProviders").WithTags("providers");
        routes.MapGet("/v1/providers/{address}", ShowAsync).WithName("ShowProvider").WithTags("providers");
        routes.MapPost("/v1/providers/heartbeat", HeartbeatAsync)
            .WithName("ProviderHeartbeat").WithScope(AccessScope.Provider).WithTags("providers");
    }

    private static async Task<Ok<ProviderView>> RegisterAsync(
        ProviderRegistration body, ProviderRegistry registry, CancellationToken cancel) =>
        TypedResults.Ok(await registry.RegisterAsync(body, cancel));

    private static async Task<Ok<ProviderPage>> ListAsync(
        ProviderRegistry registry, CancellationToken cancel, int limit = 100, Address? after = null) =>
        TypedResults.Ok(await registry.ListAsync(PageLimit.Check(limit), after, cancel));

    private static async Task<Ok<ProviderView>> ShowAsync(
        Address address, ProviderRegistry registry, CancellationToken cancel) =>
        TypedResults.Ok(await registry.FindAsync(address, cancel) ?? throw Refusal.NoProvider(address));

    private static async Task<Ok<ProviderView>> HeartbeatAsync(
        HeartbeatRequest body, Caller caller, ProviderRegistry registry, CancellationToken cancel)
    {
        if (body.Capacity is < 0 or > MostCapacity)
            throw Refusal.Invalid($"capacity is 0 to {MostCapacity}.");
        return TypedResults.Ok(
            await registry.SeenAsync(caller.Account, body.Capacity, cancel)
                ?? throw Refusal.NoProvider(caller.Account));
    }
}
