using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Engines.Container;

/// <summary>Containers of the images that the owner has named, as an engine of the market.</summary>
internal sealed class ContainerEngine(
    ContainerLimits limits, UnitPrice price, ContainerHost host, ContainerSandbox sandbox, ILogger<ContainerEngine> log)
    : IEngine
{
    private static readonly TimeSpan StartAndEnd = TimeSpan.FromSeconds(60);

    private volatile IReadOnlyList<EngineOffer> _offers = [];
    private volatile string _version = "container";

    public string Name => EngineNames.Container;

    public string Version => _version;

    public string UnitKind => "second";

    public EngineOffer Offer { get; } = new(EngineNames.Container, "container", "second", price, limits.MaxSeconds);

    public IReadOnlyList<EngineOffer> Offers => _offers;

    public TimeSpan LongestRun { get; } = TimeSpan.FromSeconds(limits.MaxSeconds) + StartAndEnd;

    public TimeSpan LongestRunOf(JobSpec spec) => TimeSpan.FromSeconds(spec.Container!.MaxSeconds) + StartAndEnd;

    public string? Problem(JobSpec spec)
    {
        if (spec.Container is not { } job)
            return "The specification has no part for the engine container.";
        if (spec.Problem() is { } problem)
            return problem;
        return job switch
        {
            _ when !limits.Images.Contains(job.Image) => "This provider does not run that image.",
            { Network: true } when !limits.NetworkAllowed => "This provider gives containers no network.",
            { Gpu: true } when !limits.GpuAllowed => "This provider gives containers no graphics processor.",
            _ when job.MaxSeconds > limits.MaxSeconds => $"maxSeconds must be 1 to {limits.MaxSeconds}.",
            _ when job.MaxMemoryMib > limits.MaxMemoryMib => $"maxMemoryMib must be 8 to {limits.MaxMemoryMib}.",
            _ when job.MaxCpuMillis > limits.MaxCpuMillis => $"maxCpuMillis must be 10 to {limits.MaxCpuMillis}.",
            _ when job.MaxPids > limits.MaxPids => $"maxPids must be 1 to {limits.MaxPids}.",
            _ => null,
        };
    }

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => spec.Blobs();

    public Hash256 InputHash(JobSpec spec) => spec.InputHash();

    public ulong WorstCaseUnits(JobSpec spec) => spec.WorstCaseUnits();

    /// <summary>Also removes what an earlier process has left, before this one takes work.</summary>
    public async Task<IReadOnlyList<EngineOffer>> LookAsync(CancellationToken cancel)
    {
        var offers = new List<EngineOffer>();
        try
        {
            if (await host.VersionAsync(cancel) is { } version && host.Client() is { } client)
            {
                _version = version;
                await host.SweepAsync(client, cancel);
                foreach (var image in limits.Images.Distinct(StringComparer.Ordinal))
                {
                    if (await ContainerHost.FindImageAsync(client, image, cancel) is not null)
                        offers.AddRange(OffersOf(image));
                    else
                        log.LogWarning("The image {Image} is not on this machine; pull it to sell it.", image);
                }
            }
            else
            {
                log.LogWarning(
                    "Containers cannot be sold now: {Reason}",
                    host.Place is { } place ? $"{place} does not answer." : "no socket of Docker or podman was found.");
            }
        }
        catch (Exception away) when (ContainerHost.IsAway(away, cancel))
        {
            log.LogWarning("Containers cannot be sold now: {Reason}", away.Message);
        }

        return _offers = offers;
    }

    public async IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var job = spec.Container!;
        var outcome = await sandbox.RunAsync(job, inputs[job.InputHash], cancellation);
        // One piece at the end: what a program wrote before it failed is no result.
        if (outcome.Succeeded)
            yield return new BytesPiece(outcome.Output);
        yield return new EndPiece(outcome with { Output = default });
    }

    private IEnumerable<EngineOffer> OffersOf(string image)
    {
        yield return Offer with { ResourceClass = ResourceClass.OfImage(image, gpu: false) };
        if (limits.GpuAllowed)
            yield return Offer with { ResourceClass = ResourceClass.OfImage(image, gpu: true) };
    }
}
