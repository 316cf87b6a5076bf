using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Providers;

/// <summary>The direct door of a provider (specs/provider.md).</summary>
internal sealed class ProviderDoor(HttpClient http)
{
    /// <summary>What the provider counts since its start.</summary>
    public Task<JsonObject> StatsAsync(CancellationToken cancel) => GetAsync("v1/stats", cancel);

    /// <summary>What it sold by the call since its start.</summary>
    public Task<JsonObject> SalesAsync(CancellationToken cancel) => GetAsync("v1/sales", cancel);

    /// <summary>Whether it lives, and its address.</summary>
    public Task<JsonObject> HealthAsync(CancellationToken cancel) => GetAsync("health", cancel);

    /// <summary>Its graphics processors.</summary>
    public Task<JsonObject> GpusAsync(CancellationToken cancel) => GetAsync("v1/gpus", cancel);

    /// <summary>What it sells by the job.</summary>
    public Task<JsonObject> OffersAsync(CancellationToken cancel) => GetAsync("v1/offers", cancel);

    /// <summary>The models that it sells.</summary>
    public Task<JsonObject> ModelsAsync(CancellationToken cancel) => GetAsync("v1/models", cancel);

    /// <summary>Orders a pause or its end, signed by the provider's account.</summary>
    public async Task<JsonObject> OrderAsync(JsonObject order, CancellationToken cancel)
    {
        using var content =
            new StringContent(order.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync("v1/owner/mode", content, cancel);
        return await ReadAsync(response, cancel);
    }

    /// <summary>A page of what was earned, for a question signed by the provider's account.</summary>
    public async Task<JsonObject> EarningsAsync(JsonObject question, CancellationToken cancel)
    {
        using var content =
            new StringContent(question.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync("v1/owner/earnings", content, cancel);
        return await ReadAsync(response, cancel);
    }

    private async Task<JsonObject> GetAsync(string path, CancellationToken cancel)
    {
        using var response = await http.GetAsync(path, cancel);
        return await ReadAsync(response, cancel);
    }

    /// <summary>Orders directly; the provider looks for the payment itself.</summary>
    public async Task<JsonObject> OrderAsync(
        JobTerms terms, JobSpec spec, IEnumerable<byte[]> inputs, CancellationToken cancel)
    {
        var blobs = new JsonObject();
        foreach (var input in inputs)
            blobs[Primitives.Keccak256.Hash(input).ToString()] = Convert.ToBase64String(input);
        var body = new JsonObject
        {
            ["terms"] = JsonSerializer.SerializeToNode(terms, MarketJson.Default.JobTerms),
            ["spec"] = JsonSerializer.SerializeToNode(spec, MarketJson.Default.JobSpec),
            ["inputs"] = blobs,
        };
        using var content =
            new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync("v1/jobs", content, cancel);
        return await ReadAsync(response, cancel);
    }

    /// <summary>Its JSON object. Throws the problem that it says, or what tells that it says nothing.</summary>
    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel);
        return Parse(await response.Content.ReadAsByteArrayAsync(cancel))
            ?? throw new InvalidDataException("The provider's answer is no JSON object.");
    }

    // Where a provider is looked for, something else may answer.
    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
