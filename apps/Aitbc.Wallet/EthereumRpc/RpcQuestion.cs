using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>One request: its method, id and positional parameters.</summary>
internal readonly struct RpcQuestion
{
    private readonly JsonElement parameters;

    private RpcQuestion(string method, JsonElement id, JsonElement parameters)
    {
        Method = method;
        Id = id;
        this.parameters = parameters;
    }

    public string Method { get; }

    /// <summary>Undefined for a notification, which is carried out and never answered.</summary>
    public JsonElement Id { get; }

    public JsonElement Params => parameters;

    /// <exception cref="RpcFailure">Not a request.</exception>
    public static RpcQuestion Read(JsonElement element)
    {
        var method = RpcMember.Find(element, "method");
        var id = RpcMember.Find(element, "id");
        if (method.ValueKind != JsonValueKind.String)
            throw RpcFailure.InvalidRequest("no method");
        if (id.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.String
            or JsonValueKind.Number))
            throw RpcFailure.InvalidRequest("the id is no number, string or null");
        var list = RpcMember.Find(element, "params");
        if (list.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Array))
            throw RpcFailure.InvalidParams("non-array args");
        return new RpcQuestion(RpcMember.Text(method), id, list);
    }

    public JsonElement this[int index] =>
        parameters.ValueKind == JsonValueKind.Array && index < parameters.GetArrayLength()
            ? parameters[index]
            : throw RpcFailure.InvalidParams($"missing value for required argument {index}");

    public Address Address(int index) => Primitives.Address.TryParse(Text(index), out var address)
        ? address
        : throw RpcFailure.InvalidParams($"invalid argument {index}: not an address");

    public string Text(int index) => this[index].ValueKind == JsonValueKind.String
        ? RpcMember.Text(this[index])
        : throw RpcFailure.InvalidParams($"invalid argument {index}: not a text");

    public byte[] Bytes(int index) => Hex.TryParse(Text(index), out var bytes)
        ? bytes
        : throw RpcFailure.InvalidParams($"invalid argument {index}: not hex bytes");
}

/// <summary>Members and texts of JSON of others.</summary>
internal static class RpcMember
{
    /// <summary>
    /// False if a name or a value holds half a character: looking at such a one would throw wherever it is.
    /// </summary>
    public static bool IsAllText(JsonElement root)
    {
        var raw = JsonMarshal.GetRawUtf8Value(root);
        if (raw.IndexOf("\\u"u8) < 0)
            return Utf8.IsValid(raw);
        var reader = new Utf8JsonReader(raw);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    _ = reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Undefined if it is not there or the element is no object.</summary>
    public static JsonElement Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    public static string Text(JsonElement element) =>
        element.GetString() ?? throw RpcFailure.InvalidParams("not a text");
}
