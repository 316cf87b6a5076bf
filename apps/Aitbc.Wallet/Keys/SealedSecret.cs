namespace Aitbc.Wallet.Keys;

/// <summary>A secret under a key of its own: HKDF salt of that key, nonce, and ciphertext with tag.</summary>
internal sealed record SealedSecret(byte[] Salt, byte[] Nonce, byte[] Ciphertext);
