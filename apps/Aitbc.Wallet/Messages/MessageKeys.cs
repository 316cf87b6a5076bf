using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Messages;
using Aitbc.Wallet.Keys;

namespace Aitbc.Wallet.Messages;

/// <summary>
/// The X25519 key of each account, for which messages to its agents are sealed. It is derived from the master key, so
/// that it comes back with a backup, for one use, and zeroed.
/// </summary>
internal sealed class MessageKeys(Vault vault)
{
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public Hash256 PublicKeyOf(Address account)
    {
        Span<byte> secret = stackalloc byte[SealedBox.KeyLength];
        try
        {
            Derive(account, secret);
            return Hash256.FromBytes(SealedBox.PublicKeyOf(secret));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The text; null if it does not open.</summary>
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public byte[]? TryOpen(Address account, AgentMessage message, ulong chainId)
    {
        Span<byte> secret = stackalloc byte[SealedBox.KeyLength];
        try
        {
            Derive(account, secret);
            return MessageSealing.TryOpen(message, chainId, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void Derive(Address account, Span<byte> secret) =>
        vault.Master.DeriveMessageSecret([.. vault.VaultId, .. account.ToArray()], secret);
}
