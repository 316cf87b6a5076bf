using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Rpc;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.Mcp;

/// <summary>
/// Which of the two eras of the protocol a message is of: those with a handshake, or the one in which each message
/// says all that is needed (specs/provider/mcp.md).
/// </summary>
internal static class McpVersions
{
    public const string Modern = "2026-07-28";
    public const string LatestLegacy = "2025-11-25";
    public const string VersionHeader = "MCP-Protocol-Version";
    public const string MethodHeader = "Mcp-Method";
    public const string NameHeader = "Mcp-Name";
    private const int HeaderMismatch = -32020;
    private const int UnsupportedVersion = -32022;
    private const string VersionKey = "io.modelcontextprotocol/protocolVersion";
    private const string CapabilitiesKey = "io.modelcontextprotocol/clientCapabilities";
    private const string Base64Start = "=?base64?";
    private const string Base64End = "?=";
    private static readonly string[] Legacy = ["2024-11-05", "2025-03-26", "2025-06-18", LatestLegacy];

    public static bool IsLegacy(string? version) => Legacy.Contains(version);

    /// <summary>True for a message of the modern era. Throws <see cref="RpcRefusedException"/>.</summary>
    public static bool IsModern(HttpRequest request, McpMessage message)
    {
        if (message.Method == "initialize")
            return false;
        var header = Header(request, VersionHeader, message);
        var inside = message.Meta is { } meta ? RpcMessage.Text(meta, VersionKey) : null;
        if (inside is not null && inside != header)
            throw Mismatch(message, VersionHeader);
        // A client that names none is one of 2025-03-26.
        if (header is null || IsLegacy(header))
            return false;
        if (header != Modern)
            throw Unsupported(message, header);
        if (Header(request, MethodHeader, message) != message.Method)
            throw Mismatch(message, MethodHeader);
        if (message.Method == "tools/call" && message.Params is { } parameters
            && RpcMessage.Text(parameters, "name") is { } name && Header(request, NameHeader, message) != name)
            throw Mismatch(message, NameHeader);
        if (inside is null || !HasCapabilities(message))
            throw new RpcRefusedException(
                400, RpcRefusedException.InvalidParams, $"params._meta needs {VersionKey} and {CapabilitiesKey}.")
            {
                Id = message.Id,
            };
        return true;
    }

    private static bool HasCapabilities(McpMessage message) => message.Meta is { } meta
        && meta.TryGetProperty(CapabilitiesKey, out var said) && said.ValueKind == JsonValueKind.Object;

    private static string? Header(HttpRequest request, string name, McpMessage message)
    {
        var values = request.Headers[name];
        if (values.Count == 0)
            return null;
        var value = values.Count == 1 ? values[0]! : throw Mismatch(message, name);
        if (!value.StartsWith(Base64Start, StringComparison.Ordinal)
            || !value.EndsWith(Base64End, StringComparison.Ordinal)
            || value.Length < Base64Start.Length + Base64End.Length)
            return value;
        var text = value[Base64Start.Length..^Base64End.Length];
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length) : throw Mismatch(message, name);
    }

    private static RpcRefusedException Mismatch(McpMessage message, string header) =>
        new(400, HeaderMismatch, $"The header {header} does not say what the message says.")
        {
            Id = message.Id,
        };

    private static RpcRefusedException Unsupported(McpMessage message, string asked) =>
        new(400, UnsupportedVersion, "This version of the protocol is not spoken here.")
        {
            Id = message.Id,
            Details = new JsonObject
            {
                ["supported"] = new JsonArray([.. Legacy.Append(Modern).Select(v => (JsonNode)v)]),
                ["requested"] = asked,
            },
        };
}
