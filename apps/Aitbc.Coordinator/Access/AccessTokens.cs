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

    public async Task<AccessGrant> GrantAsync(Address account, CancellationToken cancel)
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
            ExpiresAtMs = expires.ToUnixTimeMilliseconds(),
        });
        await db.SaveChangesAsync(cancel);
        return new AccessGrant(token, expires);
    }

    /// <summary>Whose token it is; null if it is none or has ended.</summary>
    public async Task<Address?> FindAsync(string token, CancellationToken cancel)
    {
        if (token.Length is 0 or > LongestToken)
            return null;
        var hash = HashOf(token);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Tokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.TokenHash == hash && t.ExpiresAtMs > now, cancel);
        return row?.Account;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
