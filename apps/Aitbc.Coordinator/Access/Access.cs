using Aitbc.Primitives;

namespace Aitbc.Coordinator.Access;

/// <summary>What a token opens.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Scopes">What for; null = everything.</param>
internal sealed record Access(Address Account, IReadOnlyList<string>? Scopes)
{
    public bool Opens(NeededScopes needed) => Scopes is null || needed.AnyOf.Any(Scopes.Contains);
}
