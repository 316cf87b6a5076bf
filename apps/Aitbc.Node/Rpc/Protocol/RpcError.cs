using System.Text.Json;
using System.Text.RegularExpressions;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>
/// A JSON-RPC error (specs/rpc.md). Stock clients repeat a request after -32603 and -32005, so a failure for good has
/// neither.
/// </summary>
internal sealed partial class RpcError(int code, string message, string? data = null) : Exception(message)
{
    public int Code => code;

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, Message);
        if (data is not null)
            json.WriteString("data"u8, data);
    }

    public static RpcError NotJson() => new(-32700, "parse error");

    public static RpcError InvalidRequest(string message) => new(-32600, message);

    public static RpcError InvalidParams(string message) => new(-32602, message);

    public static RpcError NoMethod(string method) => new(-32601, Name().IsMatch(method)
        ? $"the method {method} does not exist/is not available"
        : "the method does not exist/is not available");

    // What is no name is not repeated: it may be a key or a token that was put in the wrong place.
    [GeneratedRegex("^[a-z0-9]{1,16}_[A-Za-z0-9_]{1,48}$")]
    private static partial Regex Name();

    public static RpcError NoNotifications() => new(-32601, "notifications not supported: use a WebSocket");

    public static RpcError Internal() => new(-32603, "internal error");

    /// <summary>What geth answers with everything that a transaction or a block may be refused for.</summary>
    public static RpcError Rejected(string message) => new(-32000, message);

    /// <summary>Too expensive as asked: asking again does not help.</summary>
    public static RpcError TimedOut(TimeSpan limit) =>
        new(-32002, $"request timed out after {limit.TotalSeconds:0.###} s: ask for less");

    /// <summary>A bound was exceeded; the text names it.</summary>
    public static RpcError TooMuch(string message) => new(-32005, message);

    /// <summary>Come back later.</summary>
    public static RpcError TooOften(TimeSpan retryAfter) => new(
        -32005, $"request rate exceeded: retry after {Math.Ceiling(retryAfter.TotalMilliseconds):0} ms");

    public static RpcError Reverted(string message, string data) => new(3, message, data);

    public static RpcError Pruned(string message) => new(4444, message);

    /// <summary>EIP-7966: taken, and not final in time.</summary>
    public static RpcError NotFinalYet(TimeSpan waited, string hash) => new(
        4, $"the transaction was added to the mempool but was not included within {waited.TotalSeconds:0.###} s", hash);

    /// <summary>EIP-7966: the node gave the transaction up, or cannot take it now.</summary>
    public static RpcError NotReady(string why, string hash) => new(5, why, hash);

    /// <summary>EIP-7966: nonces before it are missing; the data is the one expected.</summary>
    public static RpcError NonceGap(string expected) =>
        new(6, $"nonce too high: the transaction was not taken, the expected nonce is {expected}", expected);
}
