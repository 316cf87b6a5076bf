using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Sdk.Light;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// Makes the chain of a node that has none out of the state of a recent block, which peers give in pieces
/// (specs/sync.md, section 6). It runs before anything else of the node does, and leaves a whole chain or none.
/// </summary>
internal sealed partial class SnapshotJoin : IDisposable
{
    private const int MostAsked = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(5);

    // A network that begins: who has said that there is nothing may be one that begins too.
    private static readonly TimeSpan NothingYet = TimeSpan.FromSeconds(3);

    private readonly NodeOptions options;
    private readonly IGossip gossip;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly GenesisConfig genesis;
    private readonly BlockResult first;
    private readonly SnapshotTrust trust;
    private readonly PeerQuestions questions;
    private readonly Dictionary<PeerId, long> resting = [];
    private ChainRestore? restore;
    private long progress;
    private long told;

    /// <exception cref="NodeStartException">This chain has no snapshots.</exception>
    public SnapshotJoin(
        NodeOptions options, GenesisConfig genesis, BlockResult first, IGossip gossip, TimeProvider time, ILogger log)
    {
        (this.options, this.genesis, this.first) = (options, genesis, first);
        (this.gossip, this.time, this.log) = (gossip, time, log);
        trust = new SnapshotTrust(options, genesis, first, time);
        questions = new PeerQuestions(gossip, time);
    }

    /// <summary>Makes the chain; none if peers say that theirs has no block yet.</summary>
    /// <exception cref="NodeStartException">For a minute nothing came that can be believed.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        gossip.Start(questions);
        Progress();
        while (true)
        {
            if (await FindAsync(cancel).ConfigureAwait(false) is not { } header)
                return;
            Begins(log, header.Height);
            restore?.Dispose();
            restore = new ChainRestore(options.DataDirectory, options.DatabaseCache, header.Header.StateRoot);
            if (await FetchStateAsync(header, cancel).ConfigureAwait(false)
                && await FetchBlockAsync(header, cancel).ConfigureAwait(false) is var (block, certificate))
            {
                options.AtPoint?.Invoke("BeforeSnapshot");
                restore.Finish(first, genesis.ChainId, block, certificate);
                Ends(log, header.Height, restore.Nodes);
                return;
            }

            Anew(log, header.Height);
            await WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => restore?.Dispose();

    // The highest block that a peer can prove; null if there is none yet anywhere.
    private async Task<LightHeader?> FindAsync(CancellationToken cancel)
    {
        long? nothing = null;
        while (true)
        {
            LightHeader? best = null;
            foreach (var peer in Able().Take(MostAsked))
            {
                var source = new PeerLightSource(questions, peer);
                try
                {
                    var header = await trust.HeaderAsync(source, null, cancel).ConfigureAwait(false);
                    if (best is null || header.Height > best.Height)
                        best = header;
                }
                catch (LightException e)
                {
                    if (source.HasNothing)
                        nothing ??= time.GetTimestamp();
                    Unproven(log, peer, e.Message);
                    Rest(peer, e.Failure is LightFailure.NotAvailable or LightFailure.TrustExpired ? null : e.Message);
                }
            }

            if (best is not null)
                return best;
            if (nothing is { } since && time.GetElapsedTime(since) > NothingYet)
                return null;
            await WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    // False if nobody has the state any more.
    private async Task<bool> FetchStateAsync(LightHeader header, CancellationToken cancel)
    {
        while (!restore!.IsWhole)
        {
            // What a liar sent before its lie is good and stays: each question begins where the walk is now.
            if (!await AskAsync<PeerMessage.State>(
                id => new PeerMessage.GetState(id, header.Height, restore.Next),
                answer => answer.Nodes.Count == 0 ? null : answer.Nodes.All(restore.TryAdd),
                cancel).ConfigureAwait(false))
                return false;
            Tell(header);
        }

        return true;
    }

    private async Task<(Block Block, byte[] Certificate)?> FetchBlockAsync(
        LightHeader header, CancellationToken cancel)
    {
        (Block, byte[])? found = null;
        await AskAsync<PeerMessage.Blocks>(
            id => new PeerMessage.GetBlocks(id, header.Height, 1),
            answer =>
            {
                if (answer.Items.Count == 0)
                    return null;
                if (SnapshotBlock.TryRead(answer.Items[0], header, trust.Binding) is { } block)
                    found = (block, answer.Items[0].Certificate);
                return found is not null;
            },
            cancel).ConfigureAwait(false);
        return found;
    }

    // Asks one peer after the other until one gives what is wanted; false if nobody has it. What was taken is judged:
    // true if it is good, false if no honest peer sends it, null if the peer does not have it.
    private async Task<bool> AskAsync<T>(
        Func<ulong, PeerMessage> question, Func<T, bool?> take, CancellationToken cancel)
        where T : PeerMessage
    {
        var without = new HashSet<PeerId>();
        while (without.Count == 0 || gossip.Peers.Any(p => !without.Contains(p.Id)))
        {
            if (Able().Where(p => !without.Contains(p)).Take(1).ToArray() is not [var peer])
            {
                await WaitAsync(cancel).ConfigureAwait(false);
                continue;
            }

            var answer = await questions.AskAsync<T>(peer, question, cancel).ConfigureAwait(false);
            var isGood = answer is null ? null : take(answer);
            if (isGood == true)
            {
                Progress();
                return true;
            }

            if (answer is null || isGood == false)
                Rest(peer, isGood == false ? "It sent what is not part of the snapshot that was asked for." : null);
            else
                without.Add(peer);
        }

        return false;
    }

    // In another order each time, so that no single peer is the one that is asked.
    private PeerId[] Able()
    {
        PeerId[] able =
        [
            .. gossip.Peers.Select(p => p.Id).Distinct()
                .Where(p => !resting.TryGetValue(p, out var since) || time.GetElapsedTime(since) > Telling),
        ];
        Random.Shared.Shuffle(able);
        return able;
    }

    private void Rest(PeerId peer, string? fault)
    {
        resting[peer] = time.GetTimestamp();
        if (fault is not null)
            gossip.Misbehaved(peer, fault);
    }

    private void Progress() => progress = time.GetTimestamp();

    private async Task WaitAsync(CancellationToken cancel)
    {
        if (time.GetElapsedTime(progress) > Patience)
        {
            throw new NodeStartException(
                NodeStartException.NoSnapshot,
                $"For {Patience.TotalSeconds:0} s no peer gave a snapshot that can be believed ({gossip.Peers.Count} "
                + "peers are there). Look at 'peers'; if the genesis is older than a week, name a block with 'trust'; "
                + "or start without 'snapshotSync' and take all blocks.");
        }

        await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
    }

    private void Tell(LightHeader header)
    {
        if (restore!.IsWhole || time.GetElapsedTime(told) < Telling)
            return;
        told = time.GetTimestamp();
        Goes(log, header.Height, restore.Next.Percent(), restore.Nodes);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The state of block {Height} is taken from peers.")]
    private static partial void Begins(ILogger logger, ulong height);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "{Percent} % of the state of block {Height} are here ({Nodes} nodes).")]
    private static partial void Goes(ILogger logger, ulong height, int percent, long nodes);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "The chain begins with the state of block {Height} ({Nodes} nodes).")]
    private static partial void Ends(ILogger logger, ulong height, long nodes);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Nobody has the state of block {Height} any more: a newer one is taken.")]
    private static partial void Anew(ILogger logger, ulong height);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} proves no block: {Why}")]
    private static partial void Unproven(ILogger logger, PeerId peer, string why);
}
