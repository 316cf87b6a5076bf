using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Discovery;

/// <summary>The list of paid resources, where clients of facilitators look for it and where others do.</summary>
internal static class DiscoveryEndpoints
{
    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("x402").WithRateLimit();
        group.MapGet("/discovery/resources", List).WithName("DiscoveredResources");
        group.MapGet("/x402/discovery/resources", List).WithName("X402DiscoveredResources");
    }

    private static Ok<DiscoveryAnswer> List(
        DiscoveryShelf shelf, string? type = null, string? payTo = null, string? scheme = null,
        string? network = null, string? extensions = null, int limit = 20, int offset = 0)
    {
        PageLimit.Check(limit);
        if (offset < 0)
            throw Refusal.Invalid("offset is at least 0.");
        var all = shelf.List(r =>
            (type is null || r.Type == type)
            && (extensions is null || r.Extensions.TryGetProperty(extensions, out _))
            && r.Accepts.Any(o => Has(o, "scheme", scheme) && Has(o, "network", network) && Has(o, "payTo", payTo)));
        return TypedResults.Ok(new DiscoveryAnswer(
            2, [.. all.Skip(offset).Take(limit)], new DiscoveryPagination(limit, offset, all.Count)));
    }

    // Addresses come in upper and lower case.
    private static bool Has(System.Text.Json.JsonElement offer, string name, string? wanted) =>
        wanted is null || string.Equals(DiscoveryShelf.Text(offer, name), wanted, StringComparison.OrdinalIgnoreCase);
}
