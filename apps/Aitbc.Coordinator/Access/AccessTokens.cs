using System.Security.Cryptography;
using System.Text;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Access;

/// <summary>Bearer tokens: 256 random bits, of which only the SHA-256 is kept.</summary>
internal sealed class AccessTokens(
    IDbContextFactory<CoordinatorDbContext> databases, CoordinatorOptions options, TimeProvider time)
{
    private const int LongestToken = 128;

    /// <param name="account">Whose it is.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <param name="scopes">What it may be used for; null = everything.</param>
    public async Task<AccessGrant> GrantAsync(
        Address account, CancellationToken cancel, IReadOnlyList<string>? scopes = null)
    {
        var token = "aitbc_" + RandomNumberGenerator.GetHexString(64, lowercase: true);
        var now = time.GetUtcNow();
        var expires = now.AddHours(options.TokenHours);
        var nowMs = now.ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Tokens.Where(t => t.ExpiresAtMs <= nowMs).ExecuteDeleteAsync(cancel);
        db.Tokens.Add(new TokenRow
        {
            TokenHash = HashOf(token),
            Account = account,
            Scopes = scopes is null ? null : string.Join(' ', scopes),
            ExpiresAtMs = expires.ToUnixTimeMilliseconds(),
        });
        await db.SaveChangesAsync(cancel);
        return new AccessGrant(token, expires, scopes ?? AccessScope.All);
    }

    /// <summary>What a token opens; null if it is none or has ended.</summary>
    public async Task<Access?> FindAsync(string token, CancellationToken cancel)
    {
        if (token.Length is 0 or > LongestToken)
            return null;
        var hash = HashOf(token);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Tokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.TokenHash == hash && t.ExpiresAtMs > now, cancel);
        return row is null ? null : new Access(row.Account, row.Scopes?.Split(' '));
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
