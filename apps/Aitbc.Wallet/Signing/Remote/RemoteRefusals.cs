using Aitbc.Sdk.Chain;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Signing.Remote;

/// <summary>Why a remote signer did not sign.</summary>
internal static class RemoteRefusals
{
    private const int UserRejected = 4001;
    private const int NoMethod = -32601;

    public static Refusal Unknown(string name) => new(
        "signer_unknown", 404, $"No signer '{name}' is configured.", Next: "GET /v1/signers lists those there are.");

    public static Refusal NotThere(string name, string address) => new(
        "account_not_found", 404, $"The signer {name} does not list {address}.");

    public static Refusal KeyElsewhere(AccountRow row) => new(
        "signer_cannot",
        409,
        $"The key of {row.Label} is with the signer {row.Path}: this needs a key of the wallet itself.");

    public static Refusal Silent(string name) => new(
        "signer_unavailable", 503, $"The signer {name} gave no usable answer in time; nothing was signed here.", true);

    public static Refusal Lied(string name, string what) => new(
        "signer_lied", 502, $"The signer {name} was asked for one thing and answered another: {what}.");

    public static Refusal Of(string name, RpcException refused) => refused.Code switch
    {
        UserRejected => new("signer_refused", 403, $"The signer {name} refused: {Printable(refused.Message)}"),
        NoMethod => new("signer_cannot", 409, $"The signer {name} does not sign this: {Printable(refused.Message)}"),
        _ => new("signer_refused", 403, $"The signer {name} refused ({refused.Code}): {Printable(refused.Message)}"),
    };

    // It comes from elsewhere and is shown in terminals.
    private static string Printable(string text) =>
        string.Concat(text.Take(200).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
