using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Aitbc.Bench.Loads;

/// <summary>Plain JSON-RPC, the same to every node that is measured.</summary>
internal sealed class JsonRpc(HttpClient http)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public async Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters)
    {
        var body = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["method"] = method,
            ["params"] = new JsonArray(parameters),
        };
        var answer = JsonNode.Parse(await PostAsync(Encoding.UTF8.GetBytes(body.ToJsonString())))!;
        return answer["error"] is { } error
            ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}")
            : answer["result"];
    }

    public async Task<ulong> NumberAsync(string method, params JsonNode?[] parameters) =>
        Number((string)(await CallAsync(method, parameters))!);

    public async Task<byte[]> PostAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = Json;
        using var answer = await http.PostAsync("", content);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public static ulong Number(string quantity) =>
        ulong.Parse(quantity.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
