using System.Security.Cryptography;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Access;

/// <summary>Sign-in by EIP-4361: a text is given once, comes back signed once, and becomes a token.</summary>
internal sealed class Challenges(
    IDbContextFactory<CoordinatorDbContext> databases, MarketSelf self, AccessTokens tokens, TimeProvider time)
{
    /// <summary>Beyond this many sign-ins under way new ones are refused.</summary>
    public const int MostOutstanding = 10_000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public async Task<Challenge> GiveAsync(
        ChallengeRequest request, string domain, string uri, CancellationToken cancel)
    {
        if (request.Scopes is { } scopes && AccessScope.Problem(scopes) is { } problem)
            throw Refusal.Invalid(problem);
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var message = new SignInMessage
        {
            Domain = domain,
            Address = request.Address,
            Uri = uri,
            ChainId = self.Known.ChainId,
            Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true),
            IssuedAt = now,
            ExpiresAt = now + Lifetime,
            Scopes = request.Scopes,
        };
        await using var db = await databases.CreateDbContextAsync(cancel);
        var nowMs = now.ToUnixTimeMilliseconds();
        await db.Challenges.Where(c => c.ExpiresAtMs <= nowMs).ExecuteDeleteAsync(cancel);
        if (await db.Challenges.CountAsync(cancel) >= MostOutstanding)
            throw Refusal.Of(
                503, ProblemCodes.RateLimited, "Too many sign-ins are under way.", "Try again later.", retryable: true);
        db.Challenges.Add(new ChallengeRow
        {
            Nonce = message.Nonce,
            Message = message.ToString(),
            ExpiresAtMs = message.ExpiresAt.ToUnixTimeMilliseconds(),
        });
        await db.SaveChangesAsync(cancel);
        return new Challenge(message.ToString(), message.ExpiresAt);
    }

    public async Task<AccessGrant> RedeemAsync(TokenRequest request, string domain, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (SignInMessage.TryParse(request.Message) is not { } message)
            throw Refused("The message is not one that this coordinator gave.");
        if (message.Domain != domain)
            throw Refused("The message is for another host.");
        if (message.ChainId != self.Known.ChainId)
            throw Refused("The message is for another chain.");
        if (message.ExpiresAt <= now)
            throw Refused("The message has expired.");
        if (!Hex.TryParse(request.Signature, out var bytes) || !Signature.TryParse65(bytes, out var signature)
            || !Secp256k1.TryRecover(Eip191.HashMessage(request.Message), signature, out var signer)
            || signer != message.Address)
        {
            throw Refused("The signature is not the account's over this message.");
        }

        // Deleting is the use: of two simultaneous requests one finds nothing to delete.
        await using var db = await databases.CreateDbContextAsync(cancel);
        var used = await db.Challenges
            .Where(c => c.Nonce == message.Nonce && c.Message == request.Message).ExecuteDeleteAsync(cancel);
        return used == 1
            ? await tokens.GrantAsync(message.Address, cancel, message.Scopes)
            : throw Refused("The message was used already, or this coordinator never gave it.");
    }

    private static AitbcException Refused(string detail) => Refusal.Of(
        401, ProblemCodes.Unauthorized, detail, "Ask for a new message with POST /v1/auth/challenge.");
}
