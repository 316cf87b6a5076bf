using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Gpus;

/// <summary>
/// A provider has its graphics processor attested. It drives, since it may have no open port.
/// </summary>
internal static class GpuEndpoints
{
    private const long MostBodyBytes = 256 * 1024;

    public static void MapGpus(this IEndpointRouteBuilder routes)
    {
        var provider = routes.MapGroup("/v1/providers/{address}").WithTags("providers");
        provider.MapPost("/gpu-challenges", ChallengeAsync)
            .WithName("ChallengeGpu").WithScope(AccessScope.Provider);
        provider.MapPost("/gpu-proofs", ProveAsync)
            .WithName("ProveGpu").WithScope(AccessScope.Provider)
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes));
    }

    private static async Task<Ok<GpuChallenge>> ChallengeAsync(
        Address address, GpuChallengeRequest body, Caller caller, GpuChallengeDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.GiveAsync(Own(caller, address), body, cancel));

    private static async Task<Ok<GpuAttestation>> ProveAsync(
        Address address, GpuProofRequest body, Caller caller, GpuProofDesk desk, CancellationToken cancel) =>
        TypedResults.Ok(await desk.TakeAsync(Own(caller, address), body, cancel));

    private static Address Own(Caller caller, Address address) => caller.Account == address
        ? address
        : throw Refusal.Of(
            403, ProblemCodes.Forbidden, "A provider is challenged at its own request only.", "Sign in as it.");
}
