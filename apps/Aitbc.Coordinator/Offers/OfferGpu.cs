using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Offers;

/// <summary>
/// What an offer may say of a graphics processor: a name on the provider's word, or with an attestation of this market
/// that the offer does not outlive.
/// </summary>
internal static class OfferGpu
{
    /// <summary>A refusal if it says what it may not.</summary>
    public static void Check(MarketOffer offer, ResourceClass kind, MarketInfo market)
    {
        if (Flaw(offer, kind) is { } flaw)
            throw Refusal.Invalid(flaw);
        if (!offer.GpuProof.IsZero && Doubt(offer, market) is { } doubt)
            throw Refusal.Of(
                422,
                ProblemCodes.GpuProofInvalid,
                doubt,
                "Have the device attested by this coordinator, or offer it without gpuProof.");
    }

    /// <summary>The least <see cref="GpuState.Rank"/> that a filter asks for.</summary>
    public static int LeastRank(string? state) => GpuState.Rank(state ?? GpuState.None)
        ?? throw Refusal.Invalid("gpu is none, claimed or proven.");

    private static string? Flaw(MarketOffer offer, ResourceClass kind)
    {
        if (offer.GpuProof.IsZero != offer.GpuAttestation is null)
            return "gpuProof and gpuAttestation come together.";
        if (offer.Gpu.Length == 0)
            return offer.GpuMemoryMib > 0 || !offer.GpuProof.IsZero
                ? "gpuMemoryMib and gpuProof are of a gpu that is named." : null;
        if (!kind.MayUseGpu)
            return $"Work of {kind.Name} runs on no graphics processor.";
        if (!GpuAttestation.IsDevice(offer.Gpu))
            return $"gpu is at most {GpuAttestation.LongestDevice} printable ASCII characters.";
        return offer.GpuMemoryMib > GpuAttestation.MostMemoryMib
            ? $"gpuMemoryMib is at most {GpuAttestation.MostMemoryMib}." : null;
    }

    private static string? Doubt(MarketOffer offer, MarketInfo market)
    {
        var seen = offer.GpuAttestation!;
        if (seen.Hash(market.ChainId, market.Escrow) != offer.GpuProof)
            return "gpuProof is not the hash of the attestation.";
        if (seen.Problem(offer.Provider, offer.Gpu, market.ChainId, market.Escrow) is { } problem)
            return problem;
        if (seen.Asker != market.Evaluator)
            return "The attestation is not of this coordinator.";
        if (seen.MemoryMib != offer.GpuMemoryMib)
            return "The attestation is about another size of memory.";
        return offer.ExpiresAt > (seen.ProvenAtMs + GpuAttestation.LongestAgeMs) / 1000
            ? "The offer ends more than seven days after its attestation." : null;
    }
}
