using Aitbc.Sdk.Chain;

namespace Aitbc.Host.Doctor;

/// <summary>Asks nodes what a diagnosis needs. A node that does not answer is an answer too.</summary>
internal sealed class NodeProbe(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<NodeView>> AskAsync(
        IReadOnlyList<(string Name, Uri Url)> nodes, CancellationToken cancel)
    {
        var clients = nodes.Select(n => new HttpClient { BaseAddress = n.Url, Timeout = Patience }).ToList();
        try
        {
            var views = await Task.WhenAll(nodes.Zip(clients, (n, http) => OneAsync(n.Name, n.Url, http, cancel)));
            var common = views.Where(v => v.Head is not null).Select(v => v.Head!.Number).DefaultIfEmpty().Min();
            return await Task.WhenAll(views.Zip(clients, (v, http) => CommonAsync(v, http, common, cancel)));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    private async Task<NodeView> OneAsync(string name, Uri url, HttpClient http, CancellationToken cancel)
    {
        var view = new NodeView(name, url);
        try
        {
            var chain = Chain(http);
            view = view with
            {
                ClockAhead = await ClockAsync(http, cancel),
                Status = await chain.StatusAsync(cancel),
                Head = await chain.BlockAsync(null, cancel),
            };
            var consensus = new ConsensusClient(chain);
            return view with
            {
                Validators = await KnownAsync(consensus.ValidatorsAsync(cancel)),
                Peers = await KnownAsync<IReadOnlyList<PeerStatus>>(Peers(consensus, cancel)),
                Consensus = await KnownAsync(consensus.ConsensusAsync(cancel)),
            };
        }
        catch (Exception e) when (IsNoAnswer(e, cancel))
        {
            return view with { Silence = e.Message.TrimEnd('.') };
        }
    }

    private static async Task<NodeView> CommonAsync(
        NodeView view, HttpClient http, ulong height, CancellationToken cancel)
    {
        if (view.Silence is not null)
            return view;
        try
        {
            return view with { CommonHash = (await Chain(http).BlockAsync(height, cancel))?.Hash };
        }
        catch (Exception e) when (IsNoAnswer(e, cancel))
        {
            return view with { Silence = e.Message.TrimEnd('.') };
        }
    }

    // The head of an answer holds the time of the node's machine, to a second.
    private async Task<TimeSpan?> ClockAsync(HttpClient http, CancellationToken cancel)
    {
        using var response = await http.GetAsync("health", cancel);
        return response.Headers.Date is { } date ? date - time.GetUtcNow() : null;
    }

    // A node that decides alone, or an older one, does not know; that alone is no fault.
    private static async Task<T?> KnownAsync<T>(Task<T?> ask)
        where T : class
    {
        try
        {
            return await ask;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<PeerStatus>?> Peers(ConsensusClient client, CancellationToken cancel) =>
        await client.PeersAsync(cancel);

    private static ChainClient Chain(HttpClient http) =>
        new(http, new ChainClientOptions { RequestTimeout = Patience });

    private static bool IsNoAnswer(Exception e, CancellationToken cancel) =>
        e is ChainUnavailableException or RpcException or HttpRequestException
        || (e is OperationCanceledException && !cancel.IsCancellationRequested);
}
