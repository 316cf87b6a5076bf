using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Engines.Container;

/// <summary>An image of this machine.</summary>
/// <param name="Id">By its content.</param>
/// <param name="Volumes">Folders that it wants to write to.</param>
internal sealed record ContainerImage(string Id, IReadOnlyList<string> Volumes);

/// <summary>
/// The Docker or podman of this machine: what it has, and what of this provider's is left there. Its containers carry a
/// label with the provider's data folder, so that several providers of one machine leave each other's alone.
/// </summary>
internal sealed class ContainerHost(ContainerLimits limits, string dataDirectory, ILogger<ContainerHost> log)
    : IDisposable
{
    private const string Label = "aitbc.provider";
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly string _owner =
        Keccak256.Hash(Encoding.UTF8.GetBytes(Path.GetFullPath(dataDirectory))).ToString();

    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Uri? _place;
    private DockerClient? _client;
    private volatile bool _isSwept;

    public IDictionary<string, string> Labels => new Dictionary<string, string> { [Label] = _owner };

    /// <summary>Where the engine listens; null = no socket was found.</summary>
    public Uri? Place => ContainerSocket.Find(limits.Url);

    /// <summary>The engine; null if there is no socket.</summary>
    public DockerClient? Client()
    {
        lock (_gate)
        {
            if (Place is not { } place)
                return null;
            if (_client is not null && place == _place)
                return _client;
            _client?.Dispose();
            _client = new DockerClientBuilder().WithEndpoint(place).WithTimeout(Timeout.InfiniteTimeSpan).Build();
            _place = place;
            return _client;
        }
    }

    /// <summary>What the engine calls itself, such as <c>podman 4.3.1</c>; null if it does not answer.</summary>
    public async Task<string?> VersionAsync(CancellationToken cancel)
    {
        try
        {
            if (Client() is not { } client)
                return null;
            using var patience = Patience(cancel);
            var version = await client.System.GetVersionAsync(patience.Token);
            var podman = version.Components?.Any(c => c.Name == "Podman Engine") == true;
            return $"{(podman ? "podman" : "docker")} {version.Version}";
        }
        catch (Exception away) when (IsAway(away, cancel))
        {
            return null;
        }
    }

    /// <summary>
    /// An image that is here; null if it is not. It is what was asked for by its content, whatever the name
    /// means today.
    /// </summary>
    public static async Task<ContainerImage?> FindImageAsync(
        DockerClient client, string image, CancellationToken cancel)
    {
        using var patience = Patience(cancel);
        try
        {
            var found = await client.Images.InspectImageAsync(image, patience.Token);
            return found.ID == image || found.RepoDigests?.Contains(image) == true
                ? new ContainerImage(found.ID, [.. found.Config?.Volumes?.Keys ?? Enumerable.Empty<string>()]) : null;
        }
        catch (DockerApiException absent) when (absent.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Names a container that is about to be made, so that a sweep leaves it alone.</summary>
    public string Begin()
    {
        var name = $"aitbc-{Guid.NewGuid():n}";
        _running[name] = true;
        return name;
    }

    /// <summary>Ends and removes a container, whether or not it was made. What fails is swept later.</summary>
    public async Task EndAsync(DockerClient client, string name)
    {
        try
        {
            using var patience = Patience(CancellationToken.None);
            await RemoveAsync(client, name, patience.Token);
        }
        catch (Exception e) when (IsAway(e, CancellationToken.None))
        {
            _isSwept = false;
            log.LogWarning("The container {Name} is not removed yet: {Reason}", name, e.Message);
        }
        finally
        {
            _running.TryRemove(name, out _);
        }
    }

    /// <summary>Removes what an earlier process of this provider, or a removal that failed, has left.</summary>
    public async Task SweepAsync(DockerClient client, CancellationToken cancel)
    {
        if (_isSwept)
            return;
        using var patience = Patience(cancel);
        // Before the list: what is left by others while it is read is swept the next time.
        _isSwept = true;
        try
        {
            var left = await client.Containers.ListContainersAsync(
                new ContainersListParameters
                {
                    All = true,
                    Filters = new Dictionary<string, IDictionary<string, bool>>
                    {
                        ["label"] = new Dictionary<string, bool> { [$"{Label}={_owner}"] = true },
                    },
                },
                patience.Token);
            foreach (var container in left.Where(c => !c.Names.Any(n => _running.ContainsKey(n.TrimStart('/')))))
            {
                await RemoveAsync(client, container.ID, patience.Token);
                log.LogInformation("Removed the container {Id}, left by an earlier run.", container.ID);
            }
        }
        catch
        {
            _isSwept = false;
            throw;
        }
    }

    /// <summary>
    /// Whether the engine cannot be asked, or says no; the caller's own cancellation is none of these.
    /// </summary>
    public static bool IsAway(Exception e, CancellationToken cancel) => e switch
    {
        OperationCanceledException => !cancel.IsCancellationRequested,
        DockerApiException or HttpRequestException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>A bound on one short call.</summary>
    public static CancellationTokenSource Patience(CancellationToken cancel)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(CallTimeout);
        return patience;
    }

    public void Dispose() => _client?.Dispose();

    private static async Task RemoveAsync(DockerClient client, string name, CancellationToken cancel)
    {
        try
        {
            await client.Containers.RemoveContainerAsync(
                name, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancel);
        }
        catch (DockerApiException gone) when (gone.StatusCode == HttpStatusCode.NotFound)
        {
            // It was never made, or somebody else removed it.
        }
    }
}
