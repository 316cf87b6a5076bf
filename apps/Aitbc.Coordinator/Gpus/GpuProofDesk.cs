using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Gpus;

/// <summary>
/// Takes the answer to a challenge, once; checks lanes that nobody could foresee, and signs what was seen.
/// </summary>
internal sealed class GpuProofDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    MarketSelf self,
    IEvaluatorAccount account,
    GpuChecks checks,
    TimeProvider time)
{
    private const int Sample = 16;

    public async Task<GpuAttestation> TakeAsync(Address provider, GpuProofRequest proof, CancellationToken cancel)
    {
        var market = self.Known;
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var results = Read(proof.Results)
            ?? throw Refusal.Invalid(
                $"results are at most {GpuChallengeDesk.MostLanes} lanes of eight bytes each, in base64.");
        var digest = Keccak256.Hash(results);
        var row = await FindAsync(provider, proof.Seed, cancel) ?? throw Over();
        if (row.AttestationJson is { } kept
            && JsonSerializer.Deserialize(kept, MarketJson.Default.GpuAttestation) is { } known
            && known.Digest == digest)
            return await SignedAsync(known, market);
        var lanes = await checks.RunAsync(() => CheckAsync(row, results, nowMs), cancel);
        var seen = new GpuAttestation
        {
            Provider = provider,
            Device = row.Device,
            MemoryMib = (ulong)row.MemoryMib,
            Seed = row.Seed,
            Lanes = row.Lanes,
            Steps = row.Steps,
            Digest = digest,
            ElapsedMs = (ulong)Math.Max(0, nowMs - row.AskedAtMs),
            LanesChecked = lanes,
            Asker = market.Evaluator,
            ProvenAtMs = (ulong)nowMs,
        };
        // The challenge is used up: should wallet or provider be away now, the answer is signed when it comes again.
        await KeepAsync(seen);
        return await SignedAsync(seen, market);
    }

    private async Task<GpuAttestation> SignedAsync(GpuAttestation seen, MarketInfo market)
    {
        if (seen.Signature.Length > 0)
            return seen;
        var signed = await seen.SignAsync(account, market.ChainId, market.Escrow, CancellationToken.None);
        await KeepAsync(signed);
        return signed;
    }

    /// <summary>How many lanes were checked; a refusal where one is wrong.</summary>
    private async Task<int> CheckAsync(GpuChallengeRow row, byte[] results, long nowMs)
    {
        var (provider, seed) = (row.Provider, row.Seed);
        await using (var db = await databases.CreateDbContextAsync())
        {
            // Taking it is one statement: of two simultaneous answers one finds nothing to take.
            var taken = await db.GpuChallenges
                .Where(c => c.Provider == provider && c.Seed == seed && !c.Answered && c.ExpiresAtMs > nowMs)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.Answered, true));
            if (taken != 1)
                throw Over();
        }

        var sample = Choose(row.Lanes);
        return row.Work().Verify(results, sample) ? sample.Count : throw Refusal.Of(
            422,
            ProblemCodes.GpuProofInvalid,
            "The results are not those of the challenge; nothing was signed.",
            "Ask for another with POST /v1/providers/{address}/gpu-challenges.");
    }

    private async Task<GpuChallengeRow?> FindAsync(Address provider, Hash256 seed, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.GpuChallenges.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Provider == provider && c.Seed == seed, cancel);
    }

    private async Task KeepAsync(GpuAttestation seen)
    {
        var (provider, seed) = (seen.Provider, seen.Seed);
        var json = JsonSerializer.Serialize(seen, MarketJson.Default.GpuAttestation);
        await using var db = await databases.CreateDbContextAsync();
        await db.GpuChallenges.Where(c => c.Provider == provider && c.Seed == seed)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.AttestationJson, json));
    }

    /// <summary>Distinct lanes, chosen now; all of them if they are few.</summary>
    private static List<int> Choose(int lanes)
    {
        var sample = new HashSet<int>();
        while (sample.Count < Math.Min(Sample, lanes))
            sample.Add(RandomNumberGenerator.GetInt32(lanes));
        return [.. sample];
    }

    private static byte[]? Read(string base64)
    {
        var bytes = new byte[GpuChallengeDesk.MostLanes * sizeof(ulong)];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private static AitbcException Over() => Refusal.Of(
        409,
        ProblemCodes.GpuChallengeOver,
        "There is no open challenge with this seed: it expired, was answered, or was never given.",
        "Ask for another with POST /v1/providers/{address}/gpu-challenges.");
}
