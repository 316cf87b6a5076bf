using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Providers;

/// <summary>
/// Who sells what. A registration is the provider's own signed word, and only a newer one replaces it.
/// </summary>
internal sealed class ProviderRegistry(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    MarketSelf self,
    ChainStanding chain,
    Standings standings,
    OnlineProviders online,
    CoordinatorOptions options,
    TimeProvider time)
{
    private const int FreshSeconds = 300;
    private const int LongestUrl = 512;
    private const int LongestOffers = 64 * 1024;
    private const int MostOffers = 64;
    private const int LongestWord = 128;

    // Products with 64-bit counts then stay within 256 bits.
    private static readonly UInt256 HighestPrice = UInt256.One * ulong.MaxValue * ulong.MaxValue;

    public async Task<ProviderView> RegisterAsync(ProviderRegistration registration, CancellationToken cancel)
    {
        Check(registration);
        var agent = registration.AgentId is { } number
            ? await chain.AgentAsync(registration.Provider, number, cancel) : null;
        var isBonded = await chain.IsKnownBondedAsync(registration.Provider, cancel);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var issuedAt = (long)registration.IssuedAt;
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "provider", registration.Provider.ToArray(), cancel);
        var known = await db.Providers.AsNoTracking()
            .FirstOrDefaultAsync(p => p.Address == registration.Provider, cancel);
        if (known is not null && known.IssuedAt > issuedAt)
            throw Refusal.Of(
                409, ProblemCodes.Conflict, "A newer registration of this provider is here.", "Sign a new one.");
        var row = new ProviderRow
        {
            Address = registration.Provider,
            Url = registration.Url,
            Offers = registration.Offers,
            IssuedAt = issuedAt,
            Signature = registration.Signature,
            Capacity = known?.Capacity,
            AgentId = (long?)agent?.Id,
            AgentWallet = agent?.Wallet,
            ServeRate = known?.ServeRate ?? ServeRecord.Newcomer,
            RegisteredAtMs = known?.RegisteredAtMs ?? nowMs,
            LastSeenAtMs = nowMs,
        };
        db.Entry(row).State = known is null ? EntityState.Added : EntityState.Modified;
        await db.SaveChangesAsync(cancel);
        await standings.RegisteredAsync(db, row.Address, isBonded, cancel);
        await transaction.CommitAsync(cancel);
        online.Heard(row.Address, isNew: true);
        return ViewOf(row);
    }

    /// <summary>The provider lives. Null capacity = as it said before.</summary>
    public async Task<ProviderView?> SeenAsync(Address provider, int? capacity, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var changed = await db.Providers.Where(p => p.Address == provider).ExecuteUpdateAsync(
            set => set
                .SetProperty(p => p.LastSeenAtMs, nowMs)
                .SetProperty(p => p.Capacity, p => capacity ?? p.Capacity),
            cancel);
        if (changed == 0)
            return null;
        online.Heard(provider, isNew: false);
        return await FindAsync(provider, cancel);
    }

    public async Task<ProviderView?> FindAsync(Address provider, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Address == provider, cancel);
        return row is null ? null : ViewOf(row);
    }

    public async Task<ProviderPage> ListAsync(int limit, Address? after, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = after is { } cursor
            ? db.Providers.FromSql($"SELECT * FROM providers WHERE \"Address\" > {cursor.ToArray()}")
            : db.Providers.AsQueryable();
        var page = await rows.AsNoTracking().OrderBy(p => p.Address).Take(limit + 1).ToListAsync(cancel);
        var next = page.Count > limit ? page[limit - 1].Address.ToHex() : null;
        return new ProviderPage([.. page.Take(limit).Select(ViewOf)], next);
    }

    private void Check(ProviderRegistration registration)
    {
        var market = self.Known;
        if (registration.Url.Length > LongestUrl || registration.Url.Contains('\0')
            || (registration.Url.Length > 0 && !IsWebAddress(registration.Url)))
            throw Refusal.Invalid($"The URL is empty, or http(s) of at most {LongestUrl} characters.");
        if (registration.Offers.Length > LongestOffers
            || Offer.TryParse(registration.Offers) is not { Count: >= 1 and <= MostOffers } offers
            || offers.Any(o => !IsSane(o)))
        {
            throw Refusal.Invalid(
                $"The offers are a JSON list of 1 to {MostOffers} offers with named engine, class and unit, a price of "
                + "at most 2^128 - 2^65 + 1 atto-AIT for at least one unit, and at least one unit to sell.");
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (registration.IssuedAt > long.MaxValue || Math.Abs(now - (long)registration.IssuedAt) > FreshSeconds)
            throw Refusal.Invalid(
                $"issuedAt is more than {FreshSeconds} s away from this coordinator's clock.", "Sign a new one.");
        if (registration.AgentId > long.MaxValue)
            throw Refusal.Invalid("agentId is the number of an agent of the identity registry.");
        if (!registration.IsSignedByProvider(market.ChainId, market.Escrow))
            throw Refusal.Of(
                401, ProblemCodes.Unauthorized, "The registration is not signed by the provider that it names.");
    }

    private static bool IsWebAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static bool IsSane(Offer? offer) =>
        offer is { UnitsPer: > 0, MaxUnits: > 0, Engine.Length: > 0 and <= LongestWord }
        && offer is { ResourceClass.Length: > 0 and <= LongestWord, UnitKind.Length: > 0 and <= LongestWord }
        && offer.UnitPrice <= HighestPrice && (offer.EngineVersion?.Length ?? 1) is > 0 and <= LongestWord;

    private long OldestMs() => time.GetUtcNow().AddSeconds(-options.OnlineSeconds).ToUnixTimeMilliseconds();

    private ProviderView ViewOf(ProviderRow row) => ViewOf(row, row.LastSeenAtMs >= OldestMs());

    public static ProviderView ViewOf(ProviderRow row, bool isOnline) => new()
    {
        Address = row.Address,
        Url = row.Url,
        Offers = Offer.TryParse(row.Offers) ?? [],
        AgentId = (ulong?)row.AgentId,
        Online = isOnline,
        Capacity = row.Capacity,
        LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(row.LastSeenAtMs),
        RegisteredAt = DateTimeOffset.FromUnixTimeMilliseconds(row.RegisteredAtMs),
    };
}
