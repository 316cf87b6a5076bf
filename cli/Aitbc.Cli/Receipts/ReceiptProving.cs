using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Receipts;

/// <summary>Asks a provider where a receipt stands in the tree of its hour.</summary>
internal static class ReceiptProving
{
    private const int MaxRegistryPages = 100;

    /// <summary>The provider's answer; it proves nothing before it is held against the chain.</summary>
    /// <exception cref="CliFailure">The provider does not answer, or has no such receipt.</exception>
    public static async Task<ReceiptProof> AskAsync(CommandContext context, Receipt receipt, Uri? place)
    {
        var url = place ?? await PlaceAsync(context, receipt.Provider);
        var path = new Uri(url, $"/v1/receipts/{receipt.JobId}/proof");
        using var answer = await context.Session.Http(url).GetAsync(path, context.Cancel);
        var bytes = await answer.Content.ReadAsByteArrayAsync(context.Cancel);
        if (answer.IsSuccessStatusCode && ReceiptProof.TryParse(bytes) is { } proof)
            return proof;
        throw CliFailure.Failed(
            "no_proof", $"The provider at {url} gives no proof for this receipt: {Reason(bytes)}",
            "Proofs are kept for 90 days. --provider-url names another place of the provider.");
    }

    private static string Reason(byte[] answer)
    {
        try
        {
            return (string?)JsonNode.Parse(answer)?["detail"] ?? "it does not say why";
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            return "it does not say why";
        }
    }

    private static async Task<Uri> PlaceAsync(CommandContext context, Address provider)
    {
        var market = new MarketClient(context.Session.Http(context.Session.Endpoints.Coordinator));
        string? after = null;
        for (var page = 0; page < MaxRegistryPages; page++)
        {
            var providers = await market.ProvidersAsync(100, after, context.Cancel);
            if (providers.Providers.FirstOrDefault(p => p.Address == provider)?.Url is { } text
                && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                return url;
            after = providers.Next;
            if (after is null)
                break;
        }

        throw CliFailure.Failed(
            "provider_not_found", $"The coordinator knows no place of {provider}.", "--provider-url says where it is.");
    }
}
