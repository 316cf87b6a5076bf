using System.Globalization;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Node.Bft.Running;
using Aitbc.Node.Diagnostics;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Node.Rpc.Limits;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Rpc.Doors;

/// <summary>
/// <c>GET /metrics</c>: what this node counts, in Prometheus' text form. It costs its caller as much as a request of
/// JSON-RPC does, and shows nothing that RPC does not.
/// </summary>
internal sealed class MetricsDoor
{
    private const string TextForm = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>As much as a request that takes this many calls.</summary>
    private const int Cost = 10;

    private readonly Chain chain;
    private readonly BftService consensus;
    private readonly IGossip gossip;
    private readonly GcPauses pauses;
    private readonly ClientBudgets clients;
    private readonly NodeGauges gauges;
    private readonly DriveInfo disk;

    public MetricsDoor(
        Chain chain, BftService consensus, IGossip gossip, GcPauses pauses, ClientBudgets clients, NodeGauges gauges,
        NodeOptions options)
    {
        (this.chain, this.consensus, this.gossip) = (chain, consensus, gossip);
        (this.pauses, this.clients, this.gauges) = (pauses, clients, gauges);
        disk = new DriveInfo(Path.GetFullPath(options.DataDirectory));
        gauges.Registry.AddBeforeCollectCallback(Look);
    }

    public async Task HandleAsync(HttpContext http)
    {
        if (!clients.Of(http.Connection.RemoteIpAddress).TryTake(Cost, out var wait))
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return;
        }

        // As a whole, so that a slow reader holds nothing of the registry.
        using var text = new MemoryStream();
        await gauges.Registry.CollectAndExportAsTextAsync(text, http.RequestAborted).ConfigureAwait(false);
        http.Response.ContentType = TextForm;
        http.Response.ContentLength = text.Length;
        await http.Response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), http.RequestAborted)
            .ConfigureAwait(false);
    }

    private void Look()
    {
        var head = chain.Head.Header;
        gauges.Height.Set(head.Number);
        gauges.HeadTime.Set(head.Timestamp);
        var standing = consensus.Standing;
        gauges.BestPeer.Set(standing?.BestPeerTip ?? 0);
        gauges.Round.Set(standing?.Engine?.Round ?? -1);
        var isValidator = (chain.Validators?.IndexOf(chain.OwnKey.Span) ?? -1) >= 0;
        gauges.Signing.Set(isValidator && standing is { Permit: PermitState.Granted, WaitsAtStart: false } ? 1 : 0);
        var peers = gossip.Peers;
        gauges.Peers.Set(peers.Count);
        foreach (var (at, name) in new[] { "consensus", "sync", "transactions" }.Index())
            gauges.Queued.WithLabels(name).Set(peers.Sum(p => at < p.Queued.Count ? p.Queued[at] : 0));
        var (pending, queued) = chain.Pool.Counts;
        gauges.Pool.WithLabels("pending").Set(pending);
        gauges.Pool.WithLabels("queued").Set(queued);
        gauges.Resident.Set(Environment.WorkingSet);
        gauges.Heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        gauges.Collections.IncTo(GC.CollectionCount(0));
        var (p50, p99, most) = pauses.Quantiles();
        gauges.Pause.WithLabels("0.5").Set(p50 / 1e6);
        gauges.Pause.WithLabels("0.99").Set(p99 / 1e6);
        gauges.Pause.WithLabels("1").Set(most / 1e6);
        gauges.DiskFree.Set(disk.AvailableFreeSpace);
    }
}
