using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.Rpc;

/// <summary>A message that is answered with an error of JSON-RPC.</summary>
internal sealed class RpcRefusedException(int status, int code, string sentence) : Exception(sentence)
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int Internal = -32603;

    /// <summary>Status of HTTP.</summary>
    public int Status { get; } = status;

    public int Code { get; } = code;

    /// <summary>The id of the message, if it could be read; never null on the wire.</summary>
    public JsonElement? Id { get; init; }

    /// <summary>More for programs.</summary>
    public JsonNode? Details { get; init; }
}
