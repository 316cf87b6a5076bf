using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Coordinator.Access;

/// <summary>
/// The account behind a request's token. An endpoint that takes a caller cannot be reached without one.
/// </summary>
internal sealed record Caller(Address Account)
{
    private const string Scheme = "Bearer ";

    /// <summary>Called by the framework to bind the parameter.</summary>
    public static async ValueTask<Caller> BindAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        var tokens = http.RequestServices.GetRequiredService<AccessTokens>();
        var rates = http.RequestServices.GetRequiredService<RateGate>();
        if (await tokens.FindAsync(token, http.RequestAborted) is not { } access)
        {
            rates.PassRemote(http);
            throw Refusal.Of(
                401,
                ProblemCodes.Unauthorized,
                "This needs a valid token.",
                "Sign in with POST /v1/auth/challenge and POST /v1/auth/token.");
        }

        rates.Pass(access.Account.ToString());
        var needed = http.GetEndpoint()?.Metadata.GetMetadata<NeededScopes>()
            ?? throw new InvalidOperationException("The endpoint does not say which scopes open it.");
        return access.Opens(needed) ? new Caller(access.Account) : throw needed.Refused();
    }
}
