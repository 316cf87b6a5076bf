using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Builder;

namespace Aitbc.Coordinator.Access;

/// <summary>Which scopes of a token open an endpoint: any one of them.</summary>
internal sealed record NeededScopes(IReadOnlyList<string> AnyOf)
{
    public AitbcException Refused() => Refusal.Of(
        403,
        ProblemCodes.ScopeMissing,
        $"The token lacks the scope {string.Join(" or ", AnyOf)}.",
        "Sign in for it with the member scopes of POST /v1/auth/challenge.");
}

internal static class ScopeMetadata
{
    /// <summary>Every endpoint that takes a <see cref="Caller"/> says which scopes open it.</summary>
    public static TBuilder WithScope<TBuilder>(this TBuilder endpoint, params string[] anyOf)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new NeededScopes(anyOf));
}
