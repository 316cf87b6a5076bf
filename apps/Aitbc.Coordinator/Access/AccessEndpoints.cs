using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Access;

internal static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/auth/challenge", ChallengeAsync).WithName("Challenge").WithTags("access");
        routes.MapPost("/v1/auth/token", TokenAsync).WithName("Token").WithTags("access");
    }

    private static async Task<Ok<Challenge>> ChallengeAsync(
        ChallengeRequest body, HttpContext http, Challenges challenges, CoordinatorOptions options)
    {
        var uri = options.PublicUrl?.ToString() ?? $"{http.Request.Scheme}://{http.Request.Host}/";
        return TypedResults.Ok(
            await challenges.GiveAsync(body, DomainOf(http, options), uri, http.RequestAborted));
    }

    private static async Task<Ok<AccessGrant>> TokenAsync(
        TokenRequest body, HttpContext http, Challenges challenges, CoordinatorOptions options) =>
        TypedResults.Ok(await challenges.RedeemAsync(body, DomainOf(http, options), http.RequestAborted));

    private static string DomainOf(HttpContext http, CoordinatorOptions options) =>
        options.PublicUrl?.Authority ?? http.Request.Host.ToString();
}
