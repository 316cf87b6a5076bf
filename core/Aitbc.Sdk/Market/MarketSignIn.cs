using System.Diagnostics.CodeAnalysis;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Market;

/// <summary>
/// Keeps one bearer token of an account. What the coordinator gives to sign is read first: only a sign-in to this
/// very coordinator, for this account, is signed.
/// </summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "The semaphore's wait handle is never asked for: nothing to dispose.")]
internal sealed class MarketSignIn(
    MarketClient market,
    IWalletSigner signer,
    Address account,
    string? authority,
    TimeProvider time,
    IReadOnlyList<string>? scopes)
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private AccessGrant? grant;

    public async Task<string> TokenAsync(bool fresh, CancellationToken cancel)
    {
        var seen = Volatile.Read(ref grant);
        if (!fresh && seen is not null && seen.ExpiresAt > time.GetUtcNow())
            return seen.Token;
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (grant is { } other && !ReferenceEquals(other, seen))
                return other.Token; // somebody else signed in meanwhile
            var signedIn = await SignInAsync(cancel).ConfigureAwait(false);
            Volatile.Write(ref grant, signedIn);
            return signedIn.Token;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<AccessGrant> SignInAsync(CancellationToken cancel)
    {
        var challenge = await market.ChallengeAsync(account, cancel, scopes).ConfigureAwait(false);
        if (SignInMessage.TryParse(challenge.Message) is not { } message
            || message.Address != account || message.Domain != authority
            || !(message.Scopes ?? []).SequenceEqual(scopes ?? []))
        {
            throw new InvalidDataException("The coordinator gave something else to sign than a sign-in to itself.");
        }

        var signature = await signer
            .SignMessageAsync(account, Encoding.UTF8.GetBytes(challenge.Message), cancel).ConfigureAwait(false);
        var request = new TokenRequest(challenge.Message, Hex.ToHex(signature.ToBytes65()));
        return await market.TokenAsync(request, cancel).ConfigureAwait(false);
    }
}
