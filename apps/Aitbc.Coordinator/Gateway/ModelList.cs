using System.Text.Json;
using Aitbc.Coordinator.Outbound;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Gateway;

/// <summary>A model as a provider lists it; prices in atto-AIT a token.</summary>
internal sealed record ListedModel(string Name, UInt256 PromptPrice, UInt256 OutputPrice, bool IsWarm);

/// <summary>Reads what a provider sells. What it says is hostile: lengths are bounded, odd rows are left out.</summary>
internal static class ModelList
{
    private const int MostBytes = 1024 * 1024;
    private const int MostModels = 256;
    private const int LongestName = 256;

    // A price beyond this is a mistake or a joke; products with counts of tokens then stay within 256 bits.
    private static readonly UInt256 HighestPrice = UInt256.One * ulong.MaxValue * ulong.MaxValue;

    /// <summary>Throws <see cref="InvalidDataException"/> if it is no list.</summary>
    public static async Task<IReadOnlyList<ListedModel>> AskAsync(IProviderRoute route, CancellationToken cancel)
    {
        var call = new ProviderCall("GET", "/v1/models", new Dictionary<string, string>(), default);
        await using var answer = await route.SendAsync(call, cancel);
        if (answer.Status != 200)
            throw new InvalidDataException($"It answered {answer.Status}.");
        return Read(await BoundedBody.ReadAsync(answer.Body, MostBytes, cancel));
    }

    public static IReadOnlyList<ListedModel> Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            return [.. json.RootElement.GetProperty("data").EnumerateArray().Take(MostModels)
                .Select(Model).OfType<ListedModel>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException("It is no list of models.", e);
        }
    }

    private static ListedModel? Model(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object
            && row.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            && id.GetString() is { Length: > 0 and <= LongestName } name
            && row.TryGetProperty("aitbc", out var ours) && ours.ValueKind == JsonValueKind.Object
            && Price(ours, "prompt_price") is { } prompt && Price(ours, "output_price") is { } output
            ? new ListedModel(
                name, prompt, output, ours.TryGetProperty("warm", out var warm) && warm.ValueKind == JsonValueKind.True)
            : null;

    private static UInt256? Price(JsonElement ours, string name) =>
        ours.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 and <= 40 } text && UInt256.TryParse(text, out var price)
            && price <= HighestPrice ? price : null;
}
