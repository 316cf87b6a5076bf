using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Container;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Services.Tests.Provider.Container;

/// <summary>The engine of containers on a socket, as a provider has it.</summary>
internal sealed class Containers : IDisposable
{
    private readonly ContainerHost _host;
    private readonly string _folder;

    public Containers(Uri url, string image, string folder, Action<ContainerLimits>? set = null)
    {
        Limits = new ContainerLimits { Url = url };
        Limits.Images.Add(image);
        set?.Invoke(Limits);
        _folder = folder;
        _host = NewHost();
        Engine = new ContainerEngine(
            Limits,
            new UnitPrice(5, 1),
            _host,
            new ContainerSandbox(Limits, _host, TimeProvider.System),
            NullLogger<ContainerEngine>.Instance);
        Image = image;
    }

    public ContainerLimits Limits { get; }

    public ContainerEngine Engine { get; }

    public string Image { get; }

    public ContainerHost NewHost() => new(Limits, _folder, NullLogger<ContainerHost>.Instance);

    public JobSpec Spec(string[] command, byte[] input, Func<ContainerSpec, ContainerSpec>? change = null)
    {
        var spec = new ContainerSpec
        {
            Image = Image,
            InputHash = Keccak256.Hash(input),
            Command = command,
            MaxSeconds = 20,
            MaxMemoryMib = 64,
        };
        return new JobSpec { Engine = JobSpec.ContainerEngine, Container = change?.Invoke(spec) ?? spec };
    }

    public Task<EngineOutcome> ShellAsync(
        string script, CancellationToken cancel, string input = "", Func<ContainerSpec, ContainerSpec>? change = null)
    {
        var bytes = Encoding.UTF8.GetBytes(input);
        return RunAsync(Spec(["/bin/sh", "-c", script], bytes, change), bytes, cancel);
    }

    public Task<EngineOutcome> RunAsync(JobSpec spec, byte[] input, CancellationToken cancel)
    {
        var blobs = new Dictionary<Hash256, ReadOnlyMemory<byte>> { [spec.Container!.InputHash] = input };
        var pieces = EngineRun.NumberAsync(Engine.StreamAsync(spec, blobs, cancel), NullLogger.Instance, cancel);
        return EngineRun.CollectAsync(pieces, 8 << 20, cancel);
    }

    public void Dispose() => _host.Dispose();
}
