using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Wallet.Access;

/// <summary>The bearer token that opens every endpoint but /health. Only its hash stays in memory.</summary>
internal sealed class AccessToken(WalletOptions options)
{
    private const int TokenLength = 64;
    private const string Scheme = "Bearer ";
    private byte[]? expected;

    /// <summary>Makes the token file on the first start and reads it on every start.</summary>
    public void Load()
    {
        var path = options.EffectiveTokenFile;
        SecretFile.CreateRandomIfMissing(path);
        var token = SecretFile.Read(path);
        if (token.Length != TokenLength || !token.All(b => char.IsAsciiHexDigit((char)b)))
        {
            throw new WalletStartException(
                WalletStartException.Damaged, $"{path} does not hold 64 hex digits: delete it to get a new token.");
        }

        expected = SHA256.HashData(token);
        CryptographicOperations.ZeroMemory(token);
    }

    /// <summary>True if the Authorization header carries the token. Takes the same time whatever it carries.</summary>
    public bool Accepts(string? authorization)
    {
        if (expected is null || authorization is null || authorization.Length > Scheme.Length + TokenLength
            || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var given = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()));
        return CryptographicOperations.FixedTimeEquals(given, expected);
    }
}
