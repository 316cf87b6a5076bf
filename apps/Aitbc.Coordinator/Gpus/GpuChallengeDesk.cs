using System.Security.Cryptography;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Gpu;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Gpus;

/// <summary>
/// Gives challenges for graphics processors: a new seed, one at a time and not too often for each provider. They are in
/// the database, so that any coordinator on it takes the answer.
/// </summary>
internal sealed class GpuChallengeDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    MarketSelf self,
    CoordinatorOptions options,
    TimeProvider time)
{
    /// <summary>So long an answer is taken.</summary>
    public const long OpenMs = 60_000;

    /// <summary>Many and short lanes: whoever checks a lane computes all of it.</summary>
    public const int MostLanes = 16_384;

    private const int LanesPerMib = 16;
    private const int KibPerMib = 1024;

    public async Task<GpuChallenge> GiveAsync(Address provider, GpuChallengeRequest request, CancellationToken cancel)
    {
        _ = self.Known;
        if (!GpuAttestation.IsDevice(request.Device))
            throw Refusal.Invalid($"device is 1 to {GpuAttestation.LongestDevice} printable ASCII characters.");
        if (request.MemoryMib is 0 or > GpuAttestation.MostMemoryMib)
            throw Refusal.Invalid($"memoryMib is 1 to {GpuAttestation.MostMemoryMib}.");
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "provider", provider.ToArray(), cancel);
        if (!await db.Providers.AnyAsync(p => p.Address == provider, cancel))
            throw Refusal.NoProvider(provider);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var last = await db.GpuChallenges.AsNoTracking().FirstOrDefaultAsync(c => c.Provider == provider, cancel);
        if (last is { Answered: false } && last.ExpiresAtMs > nowMs && last.Device == request.Device
            && last.MemoryMib == (long)request.MemoryMib)
            return ChallengeOf(last);
        if (last is not null
            && last.AskedAtMs + (options.GpuChallengeIntervalSeconds * 1000L) - nowMs is > 0 and var wait)
            throw Refusal.Limited(
                $"A provider is challenged once in {options.GpuChallengeIntervalSeconds} s.",
                "Wait so long.",
                TimeSpan.FromMilliseconds(wait));
        var row = RowOf(provider, request, nowMs);
        db.Entry(row).State = last is null ? EntityState.Added : EntityState.Modified;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return ChallengeOf(row);
    }

    private GpuChallengeRow RowOf(Address provider, GpuChallengeRequest request, long nowMs)
    {
        // Half of it: what holds models now has no room for all.
        var mib = Math.Clamp((long)request.MemoryMib / 2, 1, options.GpuChallengeMib);
        var lanes = Math.Min(MostLanes, mib * LanesPerMib);
        return new GpuChallengeRow
        {
            Provider = provider,
            Seed = Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Length)),
            Device = request.Device,
            MemoryMib = (long)request.MemoryMib,
            Lanes = (int)lanes,
            Steps = (int)(mib * KibPerMib / lanes),
            AskedAtMs = nowMs,
            ExpiresAtMs = nowMs + OpenMs,
        };
    }

    private static GpuChallenge ChallengeOf(GpuChallengeRow row) =>
        new(row.Seed, row.Lanes, row.Steps, (ulong)row.ExpiresAtMs);
}
