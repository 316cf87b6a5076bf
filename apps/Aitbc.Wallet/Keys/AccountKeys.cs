using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Keys;

/// <summary>Seals private keys into account rows and opens them for one use.</summary>
internal sealed class AccountKeys(Vault vault)
{
    private const int KeyLength = 32;

    public AccountRow Seal(PrivateKey key, AccountOrigin origin, long createdAtMs)
    {
        Span<byte> bytes = stackalloc byte[KeyLength];
        key.CopyTo(bytes);
        var address = key.Address.ToArray();
        var data = vault.Master.Seal(bytes, Binding(address, origin.Label, origin.Source, origin.Path));
        CryptographicOperations.ZeroMemory(bytes);
        return new AccountRow
        {
            Address = address,
            Label = origin.Label,
            Source = origin.Source,
            Path = origin.Path,
            DerivationIndex = origin.DerivationIndex,
            KeySalt = data.Salt,
            KeyNonce = data.Nonce,
            KeyCiphertext = data.Ciphertext,
            CreatedAtMs = createdAtMs,
        };
    }

    /// <summary>For what is signed elsewhere: a locked wallet has nothing signed either.</summary>
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public void RequireOpen() => _ = vault.Master;

    /// <summary>The key, or null if the row is not what was sealed. The caller disposes it at once.</summary>
    public PrivateKey? TryOpen(AccountRow row)
    {
        Span<byte> bytes = stackalloc byte[KeyLength];
        try
        {
            var data = new SealedSecret(row.KeySalt, row.KeyNonce, row.KeyCiphertext);
            if (!vault.Master.TryOpen(data, Binding(row.Address, row.Label, row.Source, row.Path), bytes))
                return null;
            var key = PrivateKey.FromBytes(bytes);
            if (key.Address.Equals(Address.FromBytes(row.Address)))
                return key;
            key.Dispose();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private byte[] Binding(byte[] address, string label, string source, string? path) => BoundData.Of(
        "aitbc-wallet/v1/account",
        vault.VaultId,
        address,
        BoundData.Text(label),
        BoundData.Text(source),
        BoundData.Text(path));
}

/// <summary>Where an account comes from and what it is called.</summary>
internal sealed record AccountOrigin(string Label, string Source, string? Path, long? DerivationIndex);
