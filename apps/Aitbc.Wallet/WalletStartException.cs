namespace Aitbc.Wallet;

/// <summary>The wallet refuses to start, for a reason its owner can act on. Never carries a secret.</summary>
public sealed class WalletStartException : Exception
{
    /// <summary>The password does not open the vault.</summary>
    public const string WrongPassword = "wallet_wrong_password";

    /// <summary>No password could be read.</summary>
    public const string NoPassword = "wallet_no_password";

    /// <summary>A secret file can be read by others.</summary>
    public const string ExposedFile = "wallet_file_exposed";

    /// <summary>Stored data are not what was written.</summary>
    public const string Damaged = "wallet_damaged";

    /// <summary>The settings of a remote signer cannot work.</summary>
    public const string SignerInvalid = "wallet_signer_invalid";

    /// <summary>Makes the refusal.</summary>
    public WalletStartException(string code, string detail, Exception? inner = null)
        : base(detail, inner) => Code = code;

    /// <summary>One of the constants.</summary>
    public string Code { get; }
}
