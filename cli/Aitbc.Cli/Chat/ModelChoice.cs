using System.Text.Json;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;

namespace Aitbc.Cli.Chat;

/// <summary>The model to talk with where none is named.</summary>
internal static class ModelChoice
{
    public static async Task<string> CheapestAsync(HttpClient http, CancellationToken cancel)
    {
        using var answer = await http.GetAsync("v1/models", cancel);
        if (!answer.IsSuccessStatusCode)
            throw CliFailure.Failed(
                "no_models", $"{http.BaseAddress} says {(int)answer.StatusCode} when asked what it sells.");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel));
        var models = json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ? data.EnumerateArray().Select(m => (Name: m.GetProperty("id").GetString(), Price: Price(m))) : [];
        return models.Where(m => m.Name is not null).OrderBy(m => m.Price).ThenBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => m.Name).FirstOrDefault() ?? throw CliFailure.Failed(
                "no_models", $"{http.BaseAddress} sells no model now.",
                "'aitbc ai-serve' sells those of this machine; --model names one that may come.");
    }

    private static UInt256 Price(JsonElement model) =>
        model.TryGetProperty("aitbc", out var ours) && ours.ValueKind == JsonValueKind.Object
            && ours.TryGetProperty("output_price", out var price) && price.ValueKind == JsonValueKind.String
            && UInt256.TryParse(price.GetString(), out var atto) ? atto : UInt256.MaxValue;
}
