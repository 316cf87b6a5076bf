using System.Security.Cryptography;

namespace Aitbc.Wallet.Access;

/// <summary>The owner's bearer token, which opens every endpoint. Only its hash stays in memory.</summary>
internal sealed class AccessToken(WalletOptions options)
{
    private byte[]? expected;

    /// <summary>Makes the token file on the first start and reads it on every start.</summary>
    public void Load()
    {
        var path = options.EffectiveTokenFile;
        SecretFile.CreateRandomIfMissing(path);
        var token = SecretFile.Read(path);
        if (token.Length != BearerToken.Length || !token.All(b => char.IsAsciiHexDigit((char)b)))
        {
            throw new WalletStartException(
                WalletStartException.Damaged, $"{path} does not hold 64 hex digits: delete it to get a new token.");
        }

        expected = SHA256.HashData(token);
        CryptographicOperations.ZeroMemory(token);
    }

    /// <summary>True for the hash of the owner's token. Takes the same time whatever is given.</summary>
    public bool Is(ReadOnlySpan<byte> tokenHash) =>
        expected is not null && CryptographicOperations.FixedTimeEquals(tokenHash, expected);
}
