using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Gpu;

/// <summary>
/// Has the device attested by the coordinator, and again when half of that time is over. Nothing depends on it: what is
/// not attested is offered all the same, on this provider's word.
/// </summary>
internal sealed class GpuAttesting(
    ProviderOptions options,
    CoordinatorLink coordinator,
    GpuChallenges challenges,
    GpuStanding standing,
    GpuAttestations attestations,
    ProviderSelf self,
    TimeProvider time,
    ILogger<GpuAttesting> log)
{
    /// <summary>After the registration. It never throws but when it is cancelled.</summary>
    public async Task RenewAsync(CancellationToken cancel)
    {
        if (!coordinator.IsConfigured || standing.Device is not { } device)
            return;
        try
        {
            standing.Asker = await coordinator.EvaluatorAsync(cancel);
            var nowMs = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
            if (standing.Newest() is { } last && nowMs < last.ProvenAtMs + (GpuAttestation.LongestAgeMs / 2))
                return;
            if (options.Gpu.AttestEnabled && Obstacle(device) is { } obstacle)
                log.LogInformation("The device {Device} is not attested: {Reason}", device.Name, obstacle);
            else if (options.Gpu.AttestEnabled)
                await AttestAsync(device, standing.Asker.Value, cancel);
        }
        catch (Exception away) when (away is AitbcException or HttpRequestException or IOException
            or InvalidDataException or UnauthorizedAccessException
            || (away is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            log.LogWarning("The device {Device} is not attested now: {Reason}", device.Name, away.Message);
        }
    }

    private async Task AttestAsync(SoldGpu device, Address asker, CancellationToken cancel)
    {
        var me = self.Identity!;
        var asked = await coordinator.GpuChallengeAsync(device.Name, device.MemoryMib, cancel);
        var work = new GpuWork { Seed = asked.Seed, Lanes = asked.Lanes, Steps = asked.Steps };
        var (proof, results) = await challenges.AnswerOwnAsync(work, (long)device.MemoryMib << 20, cancel);
        var seen = await coordinator.GpuProofAsync(asked.Seed, results, cancel);
        if (seen.Problem(me.Address, device.Name, me.ChainId, me.EscrowContract) is { } problem)
            throw new InvalidDataException(problem);
        if (seen.Asker != asker || seen.Work() != work || seen.Digest != proof.Digest
            || seen.MemoryMib != device.MemoryMib)
            throw new InvalidDataException("The attestation is not about this work.");
        attestations.Add(seen, me);
        log.LogInformation("The device {Device} is attested by {Asker}.", device.Name, asker);
    }

    /// <summary>Who has a processor attested as a device says what is not so.</summary>
    private string? Obstacle(SoldGpu device)
    {
        if (device.MemoryMib == 0)
            return "its driver does not say how much memory it has.";
        if (options.Gpu.AttestProcessor)
            return null;
        return challenges.Accelerator is { IsGpu: true } accelerator && accelerator.Name.Trim() == device.Name
            ? null : $"the work of a challenge would be done by {challenges.Accelerator.Name}.";
    }
}
