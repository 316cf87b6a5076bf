using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Providers;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator.Leases;

internal static class LeaseEndpoints
{
    private const int LongestWait = 30;

    public static void MapLeases(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/leases", LeaseAsync).WithName("Lease").WithScope(AccessScope.Provider).WithTags("leases");
        routes.MapPost("/v1/leases/{leaseId}/heartbeat", HeartbeatAsync)
            .WithName("LeaseHeartbeat").WithScope(AccessScope.Provider).WithTags("leases");
    }

    private static async Task<Results<Ok<Lease>, NoContent>> LeaseAsync(
        LeaseRequest body,
        Caller caller,
        LeaseDesk leases,
        JobSignals signals,
        ProviderRegistry registry,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancel)
    {
        if (body.WaitSeconds is < 0 or > LongestWait)
            throw Refusal.Invalid($"waitSeconds is 0 to {LongestWait}.");
        if (await registry.SeenAsync(caller.Account, null, cancel) is null)
            throw Refusal.Of(
                403, ProblemCodes.Forbidden, "Only registered providers lease.", "Register with POST /v1/providers.");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        var over = Task.Delay(TimeSpan.FromSeconds(body.WaitSeconds), time, ending.Token);
        while (true)
        {
            var wake = signals.Next(caller.Account);
            if (await leases.TryLeaseAsync(caller.Account, cancel) is { } lease)
            {
                await ending.CancelAsync();
                return TypedResults.Ok(lease);
            }

            if (await Task.WhenAny(wake, over) == over)
                return TypedResults.NoContent();
        }
    }

    private static async Task<Ok<LeaseExtension>> HeartbeatAsync(
        string leaseId, Caller caller, LeaseDesk leases, ProviderRegistry registry, CancellationToken cancel)
    {
        await registry.SeenAsync(caller.Account, null, cancel);
        return await leases.ExtendAsync(caller.Account, leaseId, cancel) is { } ends
            ? TypedResults.Ok(new LeaseExtension(ends))
            : throw Refusal.Of(
                409, ProblemCodes.LeaseLost, "The lease is not yours or has ended.", "Ask for another lease.");
    }
}
