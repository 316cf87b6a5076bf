namespace Aitbc.Wallet;

/// <summary>A backup cannot be restored, for a reason its owner can act on. Never carries a secret.</summary>
public sealed class WalletBackupException : Exception
{
    private WalletBackupException(string code, string detail)
        : base(detail) => Code = code;

    /// <summary><c>backup_unreadable</c>, <c>backup_cut</c>, <c>backup_damaged</c>, <c>wrong_password</c>,
    /// <c>backup_newer</c> or <c>data_not_empty</c>.</summary>
    public string Code { get; }

    internal static WalletBackupException NotOne() =>
        new("backup_unreadable", "This is not a backup of a wallet, or one of a newer program.");

    internal static WalletBackupException Cut(long has, long needs) =>
        new("backup_cut", $"The backup was cut: it has {has} of {needs} bytes.");

    internal static WalletBackupException Damaged(string what) =>
        new("backup_damaged", $"The backup is damaged: {what}.");

    internal static WalletBackupException WrongPassword() => new(
        "wrong_password", "The password does not open the backup: it is the one the wallet had when it was made.");

    internal static WalletBackupException Newer(string migration) =>
        new("backup_newer", $"The backup is of a newer program ({migration}): restore it with that one.");

    internal static WalletBackupException NotEmpty(string path) =>
        new("data_not_empty", $"{path} is there already: restore into a folder without a wallet.");
}
