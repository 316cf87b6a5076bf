using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Sdk.Market;

/// <summary>What a provider does to have its graphics processor attested (specs/provider.md, "Attestation").</summary>
public sealed partial class MarketClient
{
    /// <summary>
    /// Asks to be challenged; the coordinator's clock runs from here. The same claim gets the same challenge while it
    /// is open. Too soon after the one before, it is refused (<see cref="ProblemCodes.RateLimited"/>).
    /// </summary>
    public Task<GpuChallenge> GpuChallengeAsync(
        string device, ulong memoryMib, CancellationToken cancel = default) => PostAsync(
            $"v1/providers/{account}/gpu-challenges",
            new GpuChallengeRequest(device, memoryMib),
            MarketJson.Default.GpuChallengeRequest,
            MarketJson.Default.GpuChallenge,
            true,
            cancel);

    /// <summary>
    /// Answers a challenge. A challenge is good for one answer; the same answer again gets the same attestation.
    /// </summary>
    /// <param name="seed">That of the challenge.</param>
    /// <param name="results">Eight bytes a lane, little-endian.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<GpuAttestation> GpuProofAsync(
        Hash256 seed, ReadOnlySpan<byte> results, CancellationToken cancel = default) => PostAsync(
            $"v1/providers/{account}/gpu-proofs",
            new GpuProofRequest(seed, Convert.ToBase64String(results)),
            MarketJson.Default.GpuProofRequest,
            MarketJson.Default.GpuAttestation,
            true,
            cancel);
}
