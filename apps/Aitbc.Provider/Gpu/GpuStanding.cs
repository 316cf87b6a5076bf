using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Ollama;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Provider.Gpu;

/// <summary>The device that this machine sells work on.</summary>
/// <param name="Name">As <see cref="GpuAttestation.Device"/>.</param>
/// <param name="MemoryMib">0 = its driver does not say.</param>
internal sealed record SoldGpu(string Name, ulong MemoryMib);

/// <summary>
/// What offers and receipts say of this machine's graphics processor: nothing, its name, or its name with an
/// attestation. Only of work that runs on it: servers of models on this machine, and containers that asked for it.
/// </summary>
internal sealed class GpuStanding(
    ProviderOptions options, GpuDetection detection, GpuAttestations attestations, TimeProvider time)
{
    /// <summary>Null = none was found, or nothing that is sold runs on it.</summary>
    public SoldGpu? Device { get; private set; }

    /// <summary>The account of the market that offers go to; null = not known yet.</summary>
    public Address? Asker { get; set; }

    /// <summary>Looks for the device with the most memory, once, before anything is sold.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        if (!new[] { EngineNames.Ollama, EngineNames.OpenAi, EngineNames.Container }.Any(e => RunsOnIt(e, true)))
            return;
        var found = (await detection.DetectAsync(cancel)).Devices.MaxBy(d => d.MemoryBytes ?? 0);
        if (found is not null && NameOf(found) is { Length: > 0 } name)
            Device = new SoldGpu(name, Math.Min((ulong)(found.MemoryBytes ?? 0) >> 20, GpuAttestation.MostMemoryMib));
    }

    /// <summary>The newest attestation of the device by the market that offers go to.</summary>
    public GpuAttestation? Newest() => attestations.All.FirstOrDefault(a => a.Asker == Asker && IsOfDevice(a));

    /// <summary>The offer with what is said of the device; its end is set.</summary>
    public MarketOffer Mark(MarketOffer offer)
    {
        if (Device is not { } device || !RunsOnIt(offer.Engine, MayUse(offer)))
            return offer;
        var claimed = offer with { Gpu = device.Name, GpuMemoryMib = device.MemoryMib };
        return Newest() is { } seen && offer.ExpiresAt <= (seen.ProvenAtMs + GpuAttestation.LongestAgeMs) / 1000
            ? claimed with { GpuProof = attestations.HashOf(seen), GpuAttestation = seen } : claimed;
    }

    /// <summary>The same offer on this provider's word alone.</summary>
    public static MarketOffer Unproven(MarketOffer offer) => offer with { GpuProof = default, GpuAttestation = null };

    /// <summary>What the receipt of a job says; null = nothing.</summary>
    public ReceiptGpu? Of(JobSpec spec, ulong startedAtMs) =>
        Of(spec.Engine, spec.Container is { Gpu: true }, startedAtMs);

    /// <summary>The same of an answer that was sold by the call.</summary>
    public ReceiptGpu? Of(string engine, ulong startedAtMs) => Of(engine, false, startedAtMs);

    private ReceiptGpu? Of(string engine, bool wantsIt, ulong startedAtMs)
    {
        if (Device is not { } device || !RunsOnIt(engine, wantsIt))
            return null;
        var nowMs = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        // One that came only after a long run had begun is no evidence of what it ran on.
        var seen = attestations.All.FirstOrDefault(
            a => IsOfDevice(a) && a.IsCurrent(startedAtMs) && a.IsCurrent(nowMs));
        return new ReceiptGpu(device.Name, seen is null ? default : attestations.HashOf(seen));
    }

    private bool IsOfDevice(GpuAttestation seen) =>
        Device is { } device && seen.Device == device.Name && seen.MemoryMib == device.MemoryMib;

    /// <summary>A server of models elsewhere has another machine's devices.</summary>
    private bool RunsOnIt(string engine, bool wantsIt) => engine switch
    {
        EngineNames.Ollama => options.OllamaEnabled && OllamaAddress.Resolve(options.Ollama.Host).IsLoopback,
        EngineNames.OpenAi => options.OpenAi.Url is { IsLoopback: true },
        EngineNames.Container => wantsIt && options.Container is { GpuAllowed: true, Images.Count: > 0 },
        _ => false,
    };

    private static bool MayUse(MarketOffer offer) => ResourceClass.TryParse(offer.ResourceClass) is { MayUseGpu: true };

    private static string NameOf(GpuDevice device) =>
        string.Concat(device.Name.Where(c => c is >= ' ' and <= '~').Take(GpuAttestation.LongestDevice)).Trim();
}
