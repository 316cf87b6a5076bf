namespace Aitbc.Sdk.Market;

/// <summary>What a token of a coordinator may be used for (specs/market/api.md, Signing in).</summary>
public static class AccessScope
{
    /// <summary>Look at one's jobs, quotes and bids, and fetch what they name.</summary>
    public const string JobsRead = "jobs:read";

    /// <summary>Ask for quotes, bid, order, pay and give up, and put what an order names.</summary>
    public const string JobsWrite = "jobs:write";

    /// <summary>Lease, work and deliver.</summary>
    public const string Provider = "provider";

    /// <summary>Read and empty the inboxes that one speaks for.</summary>
    public const string Messages = "messages";

    private const string Prefix = "urn:aitbc:scope:";

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<string> All { get; } = [JobsRead, JobsWrite, Provider, Messages];

    /// <summary>Null if each is known, is there once, and there is at least one; otherwise what is wrong.</summary>
    public static string? Problem(IReadOnlyList<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return scopes.Count == 0 || scopes.Count > All.Count || scopes.Distinct().Count() != scopes.Count
            || !scopes.All(All.Contains)
                ? $"scopes are some of {string.Join(", ", All)}, each once, or left out for all." : null;
    }

    /// <summary>The resource that stands for a scope in what is signed.</summary>
    internal static string ToResource(string scope) => Prefix + scope;

    /// <summary>The scope that a resource stands for; null if it is none.</summary>
    internal static string? OfResource(string resource) =>
        resource.StartsWith(Prefix, StringComparison.Ordinal) && All.Contains(resource[Prefix.Length..])
            ? resource[Prefix.Length..] : null;
}
