using System.Buffers.Binary;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator.Book;
using Xunit;

namespace Services.Tests.Coordinator.Gpus;

/// <summary>A provider with a device as the tests have it: its work is done by the code that checks it.</summary>
internal static class Proving
{
    public const string Device = "NVIDIA Test 2M";

    public const ulong MemoryMib = 2;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static byte[] Solve(this GpuChallenge challenge)
    {
        var work = new GpuWork { Seed = challenge.Seed, Lanes = challenge.Lanes, Steps = challenge.Steps };
        var results = new byte[work.Lanes * sizeof(ulong)];
        for (var lane = 0; lane < work.Lanes; lane++)
            BinaryPrimitives.WriteUInt64LittleEndian(results.AsSpan(lane * sizeof(ulong)), work.Lane(lane));
        return results;
    }

    public static async Task<GpuAttestation> ProveAsync(this MarketClient provider)
    {
        var challenge = await provider.GpuChallengeAsync(Device, MemoryMib, Cancel);
        return await provider.GpuProofAsync(challenge.Seed, challenge.Solve(), Cancel);
    }

    /// <summary>An offer of a model, whose work may run on the device.</summary>
    public static MarketOffer ModelOffer(this Market market, LocalSigner key, string name = "one") =>
        market.Offer(key, 30, name: name) with
        {
            Engine = "ollama",
            ResourceClass = "model/qwen3:8b",
            UnitKind = "token",
        };

    public static MarketOffer With(this MarketOffer offer, GpuAttestation seen, MarketInfo market) => offer with
    {
        Gpu = seen.Device,
        GpuMemoryMib = seen.MemoryMib,
        GpuProof = seen.Hash(market.ChainId, market.Escrow),
        GpuAttestation = seen,
    };
}
