using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Coordinator.Gateway;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Discovery;

/// <summary>
/// Asks a provider for an answer without paying: what it says then is how it can be paid, and what it takes and gives.
/// </summary>
internal static class DiscoveryProbe
{
    private const string Path = "/v1/chat/completions";

    /// <summary>Throws what the route throws.</summary>
    public static async Task AskAsync(
        IProviderRoute route, Address provider, Uri address, string model, DiscoveryShelf shelf,
        CancellationToken cancel)
    {
        var ask = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
            ["max_tokens"] = 16,
        };
        var call = new ProviderCall(
            "POST", Path, new Dictionary<string, string> { ["Content-Type"] = "application/json" },
            Encoding.UTF8.GetBytes(ask.ToJsonString()));
        await using var answer = await route.SendAsync(call, cancel);
        if (answer.Status == 402
            && X402Codec.TryReadRequired(answer.Header(X402Headers.Required), out var required, out _)
            // Whoever pays it pays that provider, and nobody else in its name.
            && required.Offers.All(o => o.PayTo == provider))
            shelf.Put(
                new Uri(address, Path).ToString(), [.. required.Offers.Select(o => o.Raw)], required.Resource,
                required.Extensions);
    }
}
