using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Sdk.Gpu;

/// <summary>Body of <c>POST /v1/providers/{address}/gpu-challenges</c>: what the provider says it has.</summary>
/// <param name="Device"><see cref="GpuAttestation.Device"/>.</param>
/// <param name="MemoryMib"><see cref="GpuAttestation.MemoryMib"/>.</param>
public sealed record GpuChallengeRequest(string Device, ulong MemoryMib);

/// <summary>The work that shows it. The asker's clock runs since it was made.</summary>
/// <param name="Seed">Made for this challenge; good for one answer.</param>
/// <param name="Lanes"><see cref="GpuWork.Lanes"/>.</param>
/// <param name="Steps"><see cref="GpuWork.Steps"/>.</param>
/// <param name="ExpiresAtMs">Unix time in milliseconds until which the answer is taken.</param>
public sealed record GpuChallenge(Hash256 Seed, int Lanes, int Steps, ulong ExpiresAtMs);

/// <summary>Body of <c>POST /v1/providers/{address}/gpu-proofs</c>.</summary>
/// <param name="Seed">That of the challenge.</param>
/// <param name="Results">Eight bytes a lane, little-endian, in base64.</param>
public sealed record GpuProofRequest(Hash256 Seed, string Results);

/// <summary>What an offer says of a graphics processor, in the words of the market.</summary>
public static class GpuState
{
    /// <summary>Nothing.</summary>
    public const string None = "none";

    /// <summary>The provider names one.</summary>
    public const string Claimed = "claimed";

    /// <summary>It names one with an attestation of this market.</summary>
    public const string Proven = "proven";

    /// <summary>What an offer that the market took says.</summary>
    public static string Of(MarketOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (offer.Gpu.Length == 0)
            return None;
        return offer.GpuProof.IsZero ? Claimed : Proven;
    }

    /// <summary>0 for <see cref="None"/> and more for more; null if it is no state.</summary>
    public static int? Rank(string? state) => state switch
    {
        None => 0,
        Claimed => 1,
        Proven => 2,
        _ => null,
    };
}
