using System.Text.RegularExpressions;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>
/// Why a JSON-RPC request is not answered with a result: codes of JSON-RPC 2.0, of EIP-1193 where a wallet refuses, and
/// those of the node where it did.
/// </summary>
internal sealed partial class RpcFailure(int code, string message, Refusal? refusal = null, string? data = null)
    : Exception(message)
{
    private const int UserRejected = 4001;
    private const int NotAuthorized = 4100;
    private const int NodeGone = 4900;
    private const int Refused = -32000;
    private const int TooOften = -32005;
    private const int Invalid = -32602;

    public int Code { get; } = code;

    /// <summary>The wallet's own refusal, with its code.</summary>
    public Refusal? Refusal { get; } = refusal;

    /// <summary>What the node sent along, in hex.</summary>
    public string? NodeData { get; } = data;

    public static RpcFailure Parse() => new(-32700, "parse error");

    public static RpcFailure InvalidRequest(string what) => new(-32600, $"invalid request: {what}");

    public static RpcFailure NoMethod(string name) => new(-32601, Name().IsMatch(name)
        ? $"the method {name} does not exist/is not available"
        : "the method does not exist/is not available");

    // What is no name is not repeated: it may be a key or a token that was put in the wrong place.
    [GeneratedRegex("^[a-z0-9]{1,16}_[A-Za-z0-9_]{1,48}$")]
    private static partial Regex Name();

    public static RpcFailure InvalidParams(string what) => new(Invalid, what);

    public static RpcFailure TooMuch(int most) =>
        new(TooOften, $"the answers together exceed {most} bytes: what comes after was not carried out");

    public static RpcFailure Internal() => new(-32603, "internal error");

    public static RpcFailure NoNode() => new(NodeGone, "the wallet does not reach its node");

    public static RpcFailure Of(Refusal refusal) => new(
        refusal.Code switch
        {
            "approval_refused" or "signer_refused" => UserRejected,
            "forbidden" or "account_not_allowed" or "account_not_found" or "wallet_locked" => NotAuthorized,
            "invalid_request" or "missing_chain_id" => Invalid,
            "rate_limited" => TooOften,
            _ => Refused,
        },
        refusal.Detail,
        refusal);
}
