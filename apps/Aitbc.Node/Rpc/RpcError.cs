using System.Text.Json.Nodes;

namespace Aitbc.Node.Rpc;

/// <summary>A JSON-RPC error (specs/rpc.md).</summary>
internal sealed class RpcError(int code, string message, string? data = null) : Exception(message)
{
    public JsonObject ToJson()
    {
        var error = new JsonObject { ["code"] = code, ["message"] = Message };
        if (data is not null)
            error["data"] = data;
        return error;
    }

    public static RpcError InvalidParams(string message) => new(-32602, message);

    public static RpcError Rejected(string message) => new(-32000, message);

    public static RpcError Reverted(string message, string data) => new(3, message, data);

    public static RpcError NoMethod(string method) =>
        new(-32601, $"the method {method} does not exist/is not available");
}
