using System.Text.Json;
using Aitbc.Provider.Doors.Rpc;

namespace Aitbc.Provider.Doors.Mcp;

/// <summary>One message of the protocol.</summary>
/// <param name="Id">A text or a number; null = nothing is to be answered.</param>
/// <param name="Method">What is wanted.</param>
/// <param name="Params">An object; null = there are none.</param>
/// <param name="Meta">The object <c>_meta</c> of it; null = there is none.</param>
internal sealed record McpMessage(JsonElement? Id, string Method, JsonElement? Params, JsonElement? Meta)
{
    /// <summary>Throws <see cref="RpcRefusedException"/>.</summary>
    public static McpMessage Of(RpcMessage rpc) => new(
        rpc.Id, rpc.Method, rpc.Params,
        rpc.Params is { } parameters ? RpcMessage.Object(parameters, "_meta", rpc.Id) : null);
}
