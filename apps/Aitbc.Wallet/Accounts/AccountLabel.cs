namespace Aitbc.Wallet.Accounts;

/// <summary>The rule for labels: 1 to 64 of a-z, A-Z, 0-9 and - _ . :</summary>
internal static class AccountLabel
{
    public const int Longest = 64;
    public const string Rule = "A label is 1 to 64 letters, digits, '-', '_', '.' or ':'.";

    public static bool IsValid(string? label) =>
        label is { Length: >= 1 and <= Longest }
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
