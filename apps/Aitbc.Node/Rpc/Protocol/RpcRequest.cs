using System.Text.Json;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>The envelope of a request. One without an id is a notification: carried out, never answered.</summary>
internal readonly struct RpcRequest
{
    private readonly JsonElement method;

    private RpcRequest(JsonElement method, JsonElement id, JsonElement parameters)
    {
        this.method = method;
        Id = id;
        Params = parameters;
    }

    public JsonElement Id { get; }

    /// <summary>Undefined if absent.</summary>
    public JsonElement Params { get; }

    public bool WantsAnswer => Id.ValueKind != JsonValueKind.Undefined;

    /// <exception cref="RpcError">Not a request.</exception>
    public static RpcRequest Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object
            || !TryMember(element, "method"u8, out var method) || method.ValueKind != JsonValueKind.String)
            throw RpcError.InvalidRequest("invalid request: no method");
        if (TryMember(element, "jsonrpc"u8, out var version)
            && !RpcValue.Plain(version).SequenceEqual("2.0"u8))
            throw RpcError.InvalidRequest("invalid request: jsonrpc is not 2.0");
        var isThere = TryMember(element, "id"u8, out var id);
        if (isThere && id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null))
            throw RpcError.InvalidRequest("invalid request: the id is no number, string or null");
        TryMember(element, "params"u8, out var parameters);
        return new RpcRequest(method, id, parameters);
    }

    /// <summary>The id to answer something with that is no request; undefined or of a wrong kind is null.</summary>
    public static JsonElement IdOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && TryMember(element, "id"u8, out var id) ? id : default;
        }
        catch (RpcError)
        {
            return default;
        }
    }

    public RpcMethod Method(MethodTable table)
    {
        var name = RpcValue.Plain(method);
        var found = table.Find(name) ?? throw RpcError.NoMethod(Printable(name));
        return Params.ValueKind is JsonValueKind.Array or JsonValueKind.Null or JsonValueKind.Undefined
            ? found
            : throw RpcError.InvalidParams("non-array args");
    }

    /// <summary>For the log.</summary>
    public string Name => Printable(RpcValue.Plain(method));

    /// <summary>
    /// Looks a member of an object up. That compares with every name, the last first, and a name may hold half a
    /// character.
    /// </summary>
    /// <exception cref="RpcError">A name is no text.</exception>
    public static bool TryMember(JsonElement element, ReadOnlySpan<byte> name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            throw RpcError.InvalidRequest("invalid request: the name of a member is not a text");
        }
    }

    private static string Printable(ReadOnlySpan<byte> name)
    {
        const int most = 100;
        var text = System.Text.Encoding.UTF8.GetString(name[..Math.Min(name.Length, most)]);
        return name.Length <= most ? text : text + "…";
    }
}
