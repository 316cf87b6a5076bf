using System.Text.Json;

namespace Aitbc.Coordinator.Gateway;

/// <summary>The code of a refusal of a provider, which stays readable for who relays it.</summary>
internal static class ErrorCode
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Null if it states none.</summary>
    public static async Task<string?> ReadAsync(ProviderAnswer answer, CancellationToken cancel)
    {
        var text = await answer.PeekAsync(MostBytes, cancel);
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                ? code.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
