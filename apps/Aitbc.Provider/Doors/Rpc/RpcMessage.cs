using System.Text.Json;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.Rpc;

/// <summary>One message of JSON-RPC 2.0, well-formed. It belongs to no session.</summary>
/// <param name="Id">A text or a number; null = nothing is to be answered.</param>
/// <param name="Method">What is wanted.</param>
/// <param name="Params">An object; null = there are none.</param>
internal sealed record RpcMessage(JsonElement? Id, string Method, JsonElement? Params)
{
    private const int LongestId = 256;

    /// <summary>The message in a body. Throws <see cref="RpcRefusedException"/>.</summary>
    public static async Task<RpcMessage> ReadAsync(HttpContext http)
    {
        var bytes = await PaidBody.BytesAsync(http);
        try
        {
            return Read(PaidBody.Parse(bytes, "The body is no JSON."));
        }
        catch (SaleRefusedException e)
        {
            throw new RpcRefusedException(400, RpcRefusedException.ParseError, e.Message);
        }
    }

    /// <summary>The text of a member; null if it is none.</summary>
    public static string? Text(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // JSON can hold halves of characters, which are no text.
            return null;
        }
    }

    /// <summary>
    /// A member that is an object; null if it is not there. Throws <see cref="RpcRefusedException"/>.
    /// </summary>
    public static JsonElement? Object(JsonElement element, string name, JsonElement? id)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Object ? value
            : throw new RpcRefusedException(400, RpcRefusedException.InvalidParams, $"{name} is an object.")
            {
                Id = id,
            };
    }

    private static RpcMessage Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Invalid("The body is one message of JSON-RPC; batches are not taken.", null);
        JsonElement? id = null;
        if (root.TryGetProperty("id", out var given))
            id = IsId(given) ? given : throw Invalid("The id is a short text or a number.", null);
        if (Text(root, "jsonrpc") != "2.0")
            throw Invalid("jsonrpc is \"2.0\".", id);
        if (!root.TryGetProperty("method", out _))
        {
            // An answer to a question: this server asks none, and whoever thinks so may go on.
            return root.TryGetProperty("result", out _) || root.TryGetProperty("error", out _)
                ? new RpcMessage(null, "", null) : throw Invalid("The method is missing.", id);
        }

        var method = Text(root, "method") ?? throw Invalid("The method is a text.", id);
        return new RpcMessage(id, method, Object(root, "params", id));
    }

    // It is sent back as it came.
    private static bool IsId(JsonElement id)
    {
        if (id.GetRawText().Length > LongestId)
            return false;
        try
        {
            return id.ValueKind == JsonValueKind.Number
                || (id.ValueKind == JsonValueKind.String && id.GetString() is not null);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static RpcRefusedException Invalid(string sentence, JsonElement? id) =>
        new(400, RpcRefusedException.InvalidRequest, sentence) { Id = id };
}
