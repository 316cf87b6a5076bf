namespace Aitbc.Wallet.Errors;

/// <summary>
/// Why the wallet did not do what was asked: a code for programs, a sentence for people, an HTTP status.
/// </summary>
internal sealed record Refusal(string Code, int Status, string Detail, bool Retryable = false, string? Next = null)
{
    public static Refusal InvalidRequest(string detail) => new("invalid_request", 400, detail);

    public static Refusal MissingChainId { get; } = new(
        "missing_chain_id", 400, "The transaction has no chain id: its signature would be valid on every chain.");

    public static Refusal InvalidMnemonic { get; } = new(
        "invalid_mnemonic", 400, "The mnemonic is not 12 to 24 BIP-39 English words with a right checksum.");

    public static Refusal InvalidPrivateKey { get; } = new(
        "invalid_private_key", 400, "The private key is not 32 bytes of hex within the order of secp256k1.");

    public static Refusal InvalidKeystore(string detail) => new("invalid_keystore", 400, detail);

    public static Refusal WrongPassword(string detail) => new("wrong_password", 403, detail);

    public static Refusal Locked { get; } = new(
        "wallet_locked",
        423,
        "The wallet is locked and signs nothing.",
        true,
        "The owner unlocks it with the password.");

    public static Refusal Restored { get; } = new(
        "wallet_restored",
        423,
        "The wallet was restored from a backup; what budgets signed since is not in it, so they sign nothing yet.",
        true,
        "The owner lets them go on: aitbc wallet resume.");

    public static Refusal Unauthorized { get; } = new(
        "unauthorized",
        401,
        "The request carries no valid bearer token.",
        Next: "Send the content of the wallet's token file in the header Authorization: Bearer.");

    public static Refusal ForbiddenHost { get; } = new(
        "forbidden_host", 403, "The Host header names a host that this wallet does not answer for.");

    public static Refusal ForbiddenOrigin { get; } = new(
        "forbidden_origin",
        403,
        "A page of another origin sent this request.",
        Next: "The owner can name the origin in allowedOrigins.");

    public static Refusal TooManyTokens(TimeSpan wait) => new(
        "too_many_attempts",
        429,
        $"Too many wrong tokens came from this address: wait {Math.Ceiling(wait.TotalSeconds)} s.",
        true);

    public static Refusal NoSuchEndpoint { get; } = new("not_found", 404, "There is no such endpoint.");

    public static Refusal AccountNotFound(string address) => new(
        "account_not_found", 404, $"This wallet holds no account {address}.", Next: "GET /v1/accounts lists them.");

    public static Refusal MethodNotAllowed { get; } = new(
        "method_not_allowed", 405, "The endpoint does not take this HTTP method.");

    public static Refusal Conflict(string detail) => new("conflict", 409, detail);

    public static Refusal WalletFull(int limit) => new(
        "wallet_full", 409, $"The wallet holds its limit of {limit} accounts.");

    public static Refusal BodyTooLarge(long limit) => new(
        "body_too_large", 413, $"The request's body is longer than {limit} bytes.");

    public static Refusal TransactionTooLarge { get; } = new(
        "transaction_too_large", 413, "The signed transaction would be longer than the 128 KiB a node takes.");

    public static Refusal UnsupportedMediaType { get; } = new(
        "unsupported_media_type", 415, "The request's body must be application/json.");

    public static Refusal AccountDamaged(string address) => new(
        "account_damaged",
        500,
        $"The stored key of {address} is not what was written: it was refused.",
        Next: "Restore the wallet's database from a backup.");

    public static Refusal Internal { get; } = new(
        "internal", 500, "The wallet failed; its log says more.", Retryable: true);

    public static Refusal OfStatus(int status) => status switch
    {
        404 => NoSuchEndpoint,
        405 => MethodNotAllowed,
        415 => UnsupportedMediaType,
        >= 500 => Internal,
        _ => new("invalid_request", status, "The request is malformed."),
    };
}

/// <summary>A value, or the reason why there is none.</summary>
internal readonly record struct Verdict<T>(T? Value, Refusal? Refusal)
    where T : class
{
    public static implicit operator Verdict<T>(T value) => new(value, null);

    public static implicit operator Verdict<T>(Refusal refusal) => new(null, refusal);
}
