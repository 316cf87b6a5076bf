using System.Security.Cryptography;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Keys;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;

namespace Aitbc.Wallet.Accounts;

/// <summary>Keys on their way into the store; disposing zeroes them.</summary>
internal sealed class ImportedKeys(IReadOnlyList<(PrivateKey Key, AccountOrigin Origin)> items) : IDisposable
{
    public IReadOnlyList<(PrivateKey Key, AccountOrigin Origin)> Items => items;

    public void Dispose()
    {
        foreach (var (key, _) in items)
            key.Dispose();
    }
}

/// <summary>Turns an import request into keys. Refusals never repeat what was sent.</summary>
internal static class ImportReader
{
    private const int MostAtOnce = 100;
    private const int LongestMnemonic = 512;
    private const int LongestPassphrase = 512;

    public static Verdict<ImportedKeys> Read(ImportAccountsRequest request)
    {
        if (request is { Mnemonic: { } words, PrivateKey: null, Keystore: null, Password: null, Label: null })
            return ReadMnemonic(words, request.Passphrase ?? "", request.Count ?? 1, request.LabelPrefix);
        var one = request is { Mnemonic: null, Passphrase: null, Count: null, LabelPrefix: null };
        if (one && request is { PrivateKey: { } key, Keystore: null, Password: null })
            return ReadPrivateKey(key, request.Label);
        if (one && request is { Keystore: { } file, Password: { } password, PrivateKey: null })
            return ReadKeystore(file, password, request.Label);
        return Refusal.InvalidRequest(
            "Send either mnemonic, count and labelPrefix, or privateKey and label, or keystore, password and label.");
    }

    private static Verdict<ImportedKeys> ReadMnemonic(string mnemonic, string passphrase, int count, string? prefix)
    {
        if (count is < 1 or > MostAtOnce)
            return Refusal.InvalidRequest($"count is 1 to {MostAtOnce}.");
        if (!AccountLabel.IsValid(prefix + (count - 1)) || string.IsNullOrEmpty(prefix))
            return Refusal.InvalidRequest($"labelPrefix and an index form the label. {AccountLabel.Rule}");
        if (passphrase.Length > LongestPassphrase)
            return Refusal.InvalidRequest($"A passphrase has at most {LongestPassphrase} characters.");
        var words = string.Join(' ', mnemonic.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (mnemonic.Length > LongestMnemonic || !Mnemonic.Validate(words))
            return Refusal.InvalidMnemonic;
        var seed = Mnemonic.ToSeed(words, passphrase);
        using var root = HdKey.FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        var items = new List<(PrivateKey, AccountOrigin)>(count);
        for (var i = 0; i < count; i++)
        {
            var path = AccountStore.DerivationPath + i;
            items.Add((root.Derive(path), new AccountOrigin(prefix + i, "mnemonic", path, null)));
        }

        return new ImportedKeys(items);
    }

    private static Verdict<ImportedKeys> ReadKeystore(string file, string password, string? label)
    {
        if (!AccountLabel.IsValid(label))
            return Refusal.InvalidRequest(AccountLabel.Rule);
        try
        {
            var key = KeystoreV3.Decrypt(System.Text.Encoding.UTF8.GetBytes(file), password);
            return new ImportedKeys([(key, new AccountOrigin(label!, "keystore", null, null))]);
        }
        catch (CryptographicException)
        {
            return Refusal.WrongPassword("The password does not open the keystore file.");
        }
        catch (FormatException e)
        {
            return Refusal.InvalidKeystore(e.Message);
        }
    }

    private static Verdict<ImportedKeys> ReadPrivateKey(string hex, string? label)
    {
        if (!AccountLabel.IsValid(label))
            return Refusal.InvalidRequest(AccountLabel.Rule);
        var text = hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? hex : "0x" + hex;
        if (text.Length != 66 || !Hex.TryParse(text, out var bytes))
            return Refusal.InvalidPrivateKey;
        try
        {
            var key = PrivateKey.FromBytes(bytes);
            return new ImportedKeys([(key, new AccountOrigin(label!, "privateKey", null, null))]);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return Refusal.InvalidPrivateKey; // zero, or not below the order
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
