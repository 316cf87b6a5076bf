using System.Collections.Concurrent;
using System.Collections.Frozen;
using Aitbc.Coordinator.Discovery;
using Aitbc.Coordinator.Links;
using Aitbc.Coordinator.Providers;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Who sells which model by the call. It is asked of the providers themselves, again and again, and at once when one
/// links; the same question is the probe of those that failed. Requests read it without waiting for anybody.
/// </summary>
internal sealed class GatewayCatalog(
    IDbContextFactory<CoordinatorDbContext> databases, OnlineProviders providers, LinkTable links,
    ProviderRoutes routes, DiscoveryShelf discovered, CoordinatorOptions options, TimeProvider time,
    ILogger<GatewayCatalog> log)
    : BackgroundService
{
    private const int AskedAtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Address, IReadOnlyList<Seller>> shelves = new();
    private readonly ConcurrentDictionary<Address, ProviderHealth> health = new();
    private readonly Lock gate = new();
    private FrozenDictionary<string, Seller[]> byModel = FrozenDictionary<string, Seller[]>.Empty;

    /// <summary>All models, each with those that sell it.</summary>
    public IReadOnlyDictionary<string, Seller[]> Models => Volatile.Read(ref byModel);

    /// <summary>Who sells a model; a name without a tag also means its latest.</summary>
    public IReadOnlyList<Seller> Find(string model)
    {
        var all = Volatile.Read(ref byModel);
        return all.TryGetValue(model, out var sellers) || all.TryGetValue(model + ":latest", out sellers)
            ? sellers : [];
    }

    public ProviderHealth HealthOf(Address provider) => health.GetOrAdd(provider, _ => new ProviderHealth(time));

    /// <summary>Asks everybody who is online.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        var online = await providers.AllAsync(cancel);
        foreach (var provider in online)
            routes.Know(provider.Address, provider.Url);
        var asked = online.Select(p => p.Address).Union(links.Linked).ToHashSet();
        await Parallel.ForEachAsync(
            asked,
            new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancel },
            async (provider, stop) => await AskAsync(provider, stop));
        foreach (var gone in shelves.Keys.Where(p => !asked.Contains(p)))
        {
            shelves.TryRemove(gone, out _);
            health.TryRemove(gone, out _);
            routes.Forget(gone);
        }

        Index();
    }

    /// <summary>
    /// Tries everybody who answered without paying, to list how they are paid. Who is reached over a link alone has no
    /// address that could be listed.
    /// </summary>
    public Task DiscoverAsync(CancellationToken cancel) => Parallel.ForEachAsync(
        shelves,
        new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancel },
        async (sold, stop) =>
        {
            if (sold.Value.Count == 0 || routes.AddressOf(sold.Key) is not { } address
                || routes.Find(sold.Key) is not { } route)
                return;
            using var enough = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
            try
            {
                await DiscoveryProbe.AskAsync(route, sold.Key, address, sold.Value[0].Model, discovered, both.Token);
            }
            catch (Exception e) when (!stop.IsCancellationRequested && e is RouteException or IOException
                or HttpRequestException or OperationCanceledException)
            {
                log.LogInformation("Provider {Provider} does not say how it is paid: {Reason}", sold.Key, e.Message);
            }
        });

    /// <summary>Asks one provider.</summary>
    public async Task RefreshAsync(Address provider, CancellationToken cancel)
    {
        await AskAsync(provider, cancel);
        Index();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.GatewayEnabled)
            return;
        links.Came = provider => _ = CameAsync(provider, stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.GatewayRefreshSeconds), time);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
                await DiscoverAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The providers could not be asked what they sell: {Reason}", e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CameAsync(Address provider, CancellationToken stopping)
    {
        try
        {
            await RefreshAsync(provider, stopping);
        }
        catch (Exception e)
        {
            log.LogWarning("Provider {Provider} could not be asked what it sells: {Reason}", provider, e.Message);
        }
    }

    private async Task AskAsync(Address provider, CancellationToken cancel)
    {
        var seen = HealthOf(provider);
        if (!seen.MayProbe)
            return;
        if (routes.Find(provider) is not { } route)
        {
            shelves.TryRemove(provider, out _);
            return;
        }

        using var enough = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, enough.Token);
        try
        {
            var shelf = await ModelList.AskAsync(route, both.Token);
            shelves[provider] = await SellersAsync(provider, shelf, seen, cancel);
            seen.Worked();
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is RouteException or IOException
            or HttpRequestException or OperationCanceledException or InvalidDataException)
        {
            seen.Failed();
            log.LogInformation("Provider {Provider} does not say what it sells: {Reason}", provider, e.Message);
        }
    }

    private async Task<IReadOnlyList<Seller>> SellersAsync(
        Address provider, IReadOnlyList<ListedModel> models, ProviderHealth seen, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var score = await Standings.ScoreAsync(db, provider, cancel);
        var offers = await db.Offers.AsNoTracking()
            .Where(o => o.Provider == provider && o.Capacity > 0 && o.ExpiresAtMs > nowMs)
            .ToListAsync(cancel);
        return [.. models.Select(m =>
        {
            // Of several offers of one class the one that promises least holds.
            var offer = offers.Where(o => o.ResourceClass == "model/" + m.Name).MinBy(o => o.PrivacyRank);
            return new Seller(
                provider, m.Name, m.PromptPrice, m.OutputPrice, m.IsWarm, offer?.PrivacyRank ?? 0,
                offer?.Region ?? "", score, seen);
        })];
    }

    private void Index()
    {
        lock (gate)
        {
            Volatile.Write(ref byModel, shelves.Values.SelectMany(s => s)
                .GroupBy(s => s.Model, StringComparer.Ordinal)
                .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal));
        }
    }
}
