using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Wallet.Access;

/// <summary>The token of an Authorization header, hashed at once: nothing else of it is kept or compared.</summary>
internal static class BearerToken
{
    /// <summary>Hex digits of a token: 32 random bytes.</summary>
    public const int Length = 64;

    private const string Scheme = "Bearer ";

    /// <summary>SHA-256 of the token; null if the header carries none.</summary>
    public static byte[]? HashOf(string? authorization) =>
        authorization is not null && authorization.Length <= Scheme.Length + Length
            && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim()))
            : null;

    /// <summary>A new token and its hash.</summary>
    public static (string Token, byte[] Hash) Create()
    {
        var token = RandomNumberGenerator.GetHexString(Length, lowercase: true);
        return (token, SHA256.HashData(Encoding.ASCII.GetBytes(token)));
    }
}
