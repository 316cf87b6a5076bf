using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Providers;

/// <summary>
/// The providers that were heard of lately, with their registrations as they were read once: of ten thousand of them an
/// order reads who is there, and only what is new in full.
/// </summary>
internal sealed class OnlineProviders(
    IDbContextFactory<CoordinatorDbContext> databases, CoordinatorOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Beyond it those with the highest addresses are left out.</summary>
    public const int Most = 100_000;

    private const int ReadAtOnce = 500;

    // What another coordinator has registered is seen this much later.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim reading = new(1);
    private Known now = Known.Nothing;

    /// <summary>All of them, by address.</summary>
    public async Task<IReadOnlyList<ProviderView>> AllAsync(CancellationToken cancel)
    {
        var known = Volatile.Read(ref now);
        if (IsFresh(known))
            return known.Views;
        await reading.WaitAsync(cancel);
        try
        {
            var before = Volatile.Read(ref now);
            if (IsFresh(before))
                return before.Views;
            var after = await ReadAsync(before, cancel);
            // Only if nobody was heard of for the first time meanwhile: else the next caller reads again.
            Interlocked.CompareExchange(ref now, after, before);
            return after.Views;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <summary>This provider registered anew, or was heard of: the next look shows it.</summary>
    public void Heard(Address provider, bool isNew)
    {
        var before = Volatile.Read(ref now);
        if (isNew || !before.Signatures.ContainsKey(provider))
            Volatile.Write(ref now, before with { ReadAt = DateTimeOffset.MinValue });
    }

    public void Dispose() => reading.Dispose();

    private bool IsFresh(Known known) => (time.GetUtcNow() - known.ReadAt).Duration() < Fresh;

    private async Task<Known> ReadAsync(Known before, CancellationToken cancel)
    {
        var at = time.GetUtcNow();
        var oldest = at.AddSeconds(-options.OnlineSeconds).ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var heard = await db.Providers.AsNoTracking()
            .Where(p => p.LastSeenAtMs >= oldest).OrderBy(p => p.Address).Take(Most)
            .Select(p => new { p.Address, p.Signature, p.LastSeenAtMs, p.Capacity }).ToListAsync(cancel);
        var known = before.Views.ToDictionary(v => v.Address);
        var unknown = heard
            .Where(p => !before.Signatures.TryGetValue(p.Address, out var signed) || signed != p.Signature)
            .Select(p => p.Address).ToList();
        foreach (var some in unknown.Chunk(ReadAtOnce))
        {
            var rows = await db.Providers.AsNoTracking()
                .Where(p => some.Contains(p.Address)).ToListAsync(cancel);
            foreach (var row in rows)
                known[row.Address] = ProviderRegistry.ViewOf(row, isOnline: true);
        }

        var views = heard.Select(p => known[p.Address] with
        {
            Capacity = p.Capacity,
            LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(p.LastSeenAtMs),
        });
        return new Known([.. views], heard.ToDictionary(p => p.Address, p => p.Signature), at);
    }

    private sealed record Known(
        IReadOnlyList<ProviderView> Views, IReadOnlyDictionary<Address, string> Signatures, DateTimeOffset ReadAt)
    {
        public static readonly Known Nothing =
            new([], new Dictionary<Address, string>(), DateTimeOffset.MinValue);
    }
}
