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

    public static Verdict<ImportedKeys> Read(ImportAccountsRequest request)
    {
        if (request.Mnemonic is not null && request.PrivateKey is null && request.Label is null)
            return ReadMnemonic(request.Mnemonic, request.Count ?? 1, request.LabelPrefix);
        if (request.PrivateKey is not null && request.Mnemonic is null
            && request.Count is null && request.LabelPrefix is null)
        {
            return ReadPrivateKey(request.PrivateKey, request.Label);
        }

        return Refusal.InvalidRequest(
            "Send either mnemonic, count and labelPrefix, or privateKey and label.");
    }

    private static Verdict<ImportedKeys> ReadMnemonic(string mnemonic, int count, string? prefix)
    {
        if (count is < 1 or > MostAtOnce)
            return Refusal.InvalidRequest($"count is 1 to {MostAtOnce}.");
        if (!AccountLabel.IsValid(prefix + (count - 1)) || string.IsNullOrEmpty(prefix))
            return Refusal.InvalidRequest($"labelPrefix and an index form the label. {AccountLabel.Rule}");
        var words = string.Join(' ', mnemonic.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (mnemonic.Length > LongestMnemonic || !Mnemonic.Validate(words))
            return Refusal.InvalidMnemonic;
        var seed = Mnemonic.ToSeed(words);
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
