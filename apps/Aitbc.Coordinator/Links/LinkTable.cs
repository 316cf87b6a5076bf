using System.Collections.Concurrent;
using System.Net.WebSockets;
using Aitbc.Coordinator.Providers;
using Aitbc.Primitives;
using Aitbc.Sdk.Link;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Links;

/// <summary>
/// The links that providers have dialled to this coordinator. A provider has one; a newer takes the older's place,
/// since the older is often one that died without a word.
/// </summary>
internal sealed class LinkTable(ProviderRegistry registry, TimeProvider time, ILogger<LinkTable> log)
{
    /// <summary>More links than these are refused.</summary>
    public const int Most = 10_000;

    private readonly ConcurrentDictionary<Address, LinkConnection> links = new();
    private readonly Lock gate = new();
    private TaskCompletionSource came = New();

    /// <summary>Told of each provider that comes, after it can be asked.</summary>
    public Action<Address>? Came { get; set; }

    public int Count => links.Count;

    public ICollection<Address> Linked => links.Keys;

    public LinkConnection? Find(Address provider) => links.GetValueOrDefault(provider);

    /// <summary>The provider's link, as soon as there is one; null if there is none in this time.</summary>
    public async Task<LinkConnection?> WaitAsync(Address provider, TimeSpan most, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var over = Task.Delay(most, time, enough.Token);
        try
        {
            while (true)
            {
                Task next;
                lock (gate)
                    next = came.Task;
                if (Find(provider) is { } link)
                    return link;
                if (await Task.WhenAny(next, over) == over)
                {
                    cancel.ThrowIfCancellationRequested();
                    return null;
                }
            }
        }
        finally
        {
            await enough.CancelAsync();
        }
    }

    /// <summary>Serves a link to its end.</summary>
    public async Task RunAsync(Address provider, WebSocket socket, CancellationToken ending)
    {
        var link = new LinkConnection(socket, null, time)
        {
            OnLoad = load => SeenAsync(provider, load, ending),
        };
        LinkConnection? older = null;
        links.AddOrUpdate(provider, link, (_, before) =>
        {
            older = before;
            return link;
        });
        older?.End();
        log.LogInformation("Provider {Provider} is linked.", provider);
        var running = link.RunAsync(ending);
        Announce(provider);
        var why = await running;
        links.TryRemove(KeyValuePair.Create(provider, link));
        log.LogInformation("The link of provider {Provider} ended: {Reason}", provider, why);
    }

    private void Announce(Address provider)
    {
        TaskCompletionSource told;
        lock (gate)
            (told, came) = (came, New());
        told.TrySetResult();
        Came?.Invoke(provider);
    }

    private async Task SeenAsync(Address provider, LinkLoad load, CancellationToken ending)
    {
        try
        {
            await registry.SeenAsync(provider, load.Capacity, ending);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A database that is away for a moment ends no link.
            log.LogWarning("The beat of {Provider} was not written down: {Reason}", provider, e.Message);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
