using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Bft.Blocks;
using Aitbc.Node.Bft.Bodies;
using Aitbc.Node.Bft.Durable;
using Aitbc.Node.Bft.Proofs;
using Aitbc.Node.Bft.Relay;
using Aitbc.Node.Bft.Sync;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Diagnostics;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Bft.Running;

/// <summary>
/// The one writer of a chain with a validator set, on one thread: takes an item out of the mailbox, lets the replica
/// decide what follows, and carries it out in order (specs/consensus.md, sections 4 and 7). Blocks that others decided
/// become final the same way as those decided here.
/// </summary>
internal sealed partial class BftActor : IDisposable
{
    // A status now and then, even if nothing changes: the one before may have been lost.
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(1);

    // And so soon after a block at the earliest.
    private static readonly TimeSpan StatusPause = TimeSpan.FromMilliseconds(100);

    // What was lost on the way is said again, as long as no block holds it.
    private static readonly TimeSpan ProofsEvery = TimeSpan.FromSeconds(5);

    private const int MostPeers = 256;

    private readonly Chain chain;
    private readonly ChainFeed feed;
    private readonly NodeOptions options;
    private readonly IGossip gossip;
    private readonly TransactionRelay relay;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly RoundTimers timers;
    private readonly WalFiles wal;
    private readonly GuardFile guard;
    private readonly BodyFiles files;
    private readonly BodyBook bodies;
    private readonly BodyFetch fetch;
    private readonly BlockTrial trial;
    private readonly CertificateVerifier certificates;
    private readonly ProofKeeper proofs;
    private readonly SyncClient sync;
    private readonly Tally tally;
    private readonly Mailbox mailbox;
    private readonly Queue<BftInput> inputs = [];
    private readonly Dictionary<PeerId, ulong> toldHeights = [];
    private readonly SignGuard signGuard;
    private SigningPermit permit;
    private BftReplica? replica;
    private VoteCertificate? decision;
    private long told;
    private long toldProofs;
    private (ulong Height, int Round) sent;
    private Standing standing;

    /// <exception cref="NodeStartException">The guard or the log is damaged.</exception>
    public BftActor(
        Chain chain, ChainFeed feed, NodeOptions options, IGossip gossip, TransactionRelay relay, BodyFiles files,
        Mailbox mailbox, NodeGauges gauges, TimeProvider time, ILogger log)
    {
        (this.chain, this.feed, this.options, this.gossip) = (chain, feed, options, gossip);
        (this.relay, this.files, this.mailbox, this.time, this.log) = (relay, files, mailbox, time, log);
        var folder = FolderOf(options);
        timers = new RoundTimers(mailbox, time);
        wal = new WalFiles(folder, chain.Binding);
        guard = new GuardFile(options.DataDirectory);
        fetch = new BodyFetch(gossip, time);
        bodies = new BodyBook(chain.Pool, MaySendParts);
        trial = new BlockTrial(chain, options, time);
        certificates = new CertificateVerifier(chain.Binding, Ed25519Verifier.Instance);
        proofs = new ProofKeeper(chain, certificates, folder);
        sync = new SyncClient(chain, gossip, certificates, time, Import);
        tally = new Tally(time, gauges);
        var tip = chain.Head.Header.Number;
        signGuard = new SignGuard(chain.Binding, guard.Read(chain.Binding));
        files.Forget(tip);
        // Damage ends the start.
        wal.Open(tip + 1);
        permit = new SigningPermit(signGuard.Last, tip, options.ConfirmSoleSigner);
        standing = Look();
    }

    /// <summary>Where consensus stands; may be read from any thread.</summary>
    public Standing Standing => Volatile.Read(ref standing);

    /// <summary>The folder of log and bodies.</summary>
    public static string FolderOf(NodeOptions options) => Path.Combine(options.DataDirectory, "consensus");

    private ulong Next => chain.Head.Header.Number + 1;

    private ValidatorSet Set => chain.Validators!;

    /// <summary>Works on one item.</summary>
    public void Process(RunnerItem item)
    {
        switch (item)
        {
            case RunnerItem.FromPeer message:
                OnPeer(message.Peer, message.Message);
                break;
            case RunnerItem.Elapsed timeout:
                inputs.Enqueue(new BftInput.TimeoutElapsed(timeout.Kind, timeout.Height, timeout.Round));
                break;
            case RunnerItem.Work:
                OnWork();
                break;
            case RunnerItem.Connected peer:
                gossip.TrySend(peer.Peer, MessageClass.Sync, Status());
                if (proofs.ForPeers() is [_, ..] waiting)
                    gossip.TrySend(peer.Peer, MessageClass.Sync, PeerCodec.Encode(new PeerMessage.Proofs(waiting)));
                break;
            case RunnerItem.Disconnected peer:
                sync.OnDisconnected(peer.Peer);
                break;
            case RunnerItem.Tick:
                OnTick();
                break;
        }

        Drain();
        // A picture of hundreds of votes is not taken for each of them.
        if (item is RunnerItem.Tick)
            Volatile.Write(ref standing, Look());
    }

    public void Dispose()
    {
        timers.Dispose();
        wal.Dispose();
    }

    private BftParameters Parameters()
    {
        if (options.Times is { } given)
            return given;
        var times = options.ConsensusTimes == ConsensusTimes.Wan ? BftParameters.Wan : BftParameters.Lan;
        return times with
        {
            EmptyBlockMs = (int)Math.Clamp(options.Heartbeat.TotalMilliseconds, 0, BftParameters.LongestMs),
        };
    }

    private Standing Look() => new(
        replica?.Engine.Look(), permit.State, replica is null, proofs.Count, sync.BestTip, tally.Counters);

    // An empty block is no answer to transactions that cannot be paid at this base fee.
    private void OnWork()
    {
        if (replica?.Engine.RoundStep != RoundStep.NewHeight)
            return;
        var header = chain.Head.Header;
        if (proofs.Count > 0 || chain.Pool.Ready(BaseFee.After(header), header.GasLimit, 1).Count > 0)
            inputs.Enqueue(new BftInput.WorkAvailable());
    }

    private void OnTick()
    {
        fetch.Tick();
        sync.Tick();
        relay.Tick();
        if (time.GetElapsedTime(told) >= StatusEvery)
            TellStatus();
        if (proofs.Count > 0 && time.GetElapsedTime(toldProofs) >= ProofsEvery)
        {
            toldProofs = time.GetTimestamp();
            Tell(proofs.ForPeers());
        }
    }

    private void TellStatus()
    {
        told = time.GetTimestamp();
        gossip.Broadcast(MessageClass.Sync, Status());
    }

    private byte[] Status()
    {
        var height = chain.Head.Header.Number;
        return PeerCodec.Encode(new PeerMessage.Status(
            height,
            height == 0 ? null : chain.Store.Commit(height),
            height == 0 ? null : RegisteredValidators.At(chain.Store, height)));
    }

    private void OnPeer(PeerId peer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Bft bft:
                Watch(bft.Message);
                inputs.Enqueue(new BftInput.MessageReceived(bft.Message));
                break;
            case PeerMessage.Part part:
                if (bodies.Add(peer, part, Next, out var isGood) is { } candidate)
                    OnBody(candidate);
                if (!isGood)
                    gossip.Misbehaved(peer, "It sent a part that is not one of its block.");
                break;
            case PeerMessage.Status status:
                OnStatus(peer, status);
                break;
            case PeerMessage.Blocks blocks:
                sync.OnBlocks(peer, blocks);
                break;
            case PeerMessage.Proofs told:
                OnProofs(peer, told);
                break;
        }
    }

    // A medium that does not prove keys is for development only: there everybody may.
    private bool MaySendParts(PeerId peer, Hash256 block) =>
        fetch.WasAsked(peer, block) || gossip.Peers.Any(p => p.Id == peer
            && (p.ConsensusKey.IsEmpty || Set.IndexOf(p.ConsensusKey.Span) >= 0));

    private void OnStatus(PeerId peer, PeerMessage.Status status)
    {
        var isWaiting = replica is null || permit.WaitsToCount;
        if (isWaiting && (toldHeights.Count < MostPeers || toldHeights.ContainsKey(peer)))
            toldHeights[peer] = status.Height;
        if (status.Height > 0)
            sync.OnStatus(peer, status);
        LookAround();
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The key was asked for a second, different signature for height {Height}, round {Round}: refused.")]
    private static partial void Conflict(ILogger logger, ulong height, int round);
}
