using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Bft.Running;

/// <summary>When this node begins, and when its key may sign (specs/consensus.md, G4 and G5).</summary>
internal sealed partial class BftActor
{
    // Blocks that others may have made since they told their height.
    private const ulong Slack = 4;

    private bool IsInSet => Set.IndexOf(chain.OwnKey.Span) >= 0;

    /// <summary>
    /// Begins. A validator whose guard is missing or too old might sign anew what it signed before: it first catches up
    /// with what others tell. One without a guard and without a chain may be new or have lost both, and does the same;
    /// its guard says so from the first moment on, so that no restart forgets it (specs/consensus.md, G5).
    /// </summary>
    public void Start()
    {
        TellStatus();
        var tip = chain.Head.Header.Number;
        var isAlone = IsInSet && Set.Count == 1;
        // A chain that ends where its snapshot began says no more of what was signed than none does.
        var isFresh = tip == 0 || tip == chain.Store.Snapshot;
        if (isFresh && signGuard.Last is null && !isAlone && signGuard.Watch() is { } watch)
        {
            guard.Store(watch.ToBytes(chain.Binding));
            permit = new SigningPermit(watch, tip, options.ConfirmSoleSigner);
        }

        // Nobody else makes blocks that it could watch.
        if (isAlone && permit.State == PermitState.Watching && signGuard.RaiseOver(tip) is { } raised)
        {
            guard.Store(raised.ToBytes(chain.Binding));
            permit = new SigningPermit(raised, tip, confirmed: false);
        }

        var mayHaveSigned = permit.State != PermitState.Granted || signGuard.Last is { IsWatching: true };
        if (mayHaveSigned && IsInSet && !isAlone)
            return;
        // Its key may enter the set while it catches up: what it signed before it lost its guard is above.
        if (mayHaveSigned && !IsInSet && permit.State != PermitState.NeedsConfirmation)
            permit = new SigningPermit(signGuard.Last, SigningPermit.NotYet, confirmed: true);
        Begin();
        Drain();
        Volatile.Write(ref standing, Look());
    }

    private void Begin()
    {
        var tip = chain.Head.Header.Number;
        if (permit.State == PermitState.NeedsConfirmation && IsInSet)
            NeedsConfirmation(log);
        var engine = new BftEngine(chain.Binding, chain.OwnKey, Ed25519Verifier.Instance);
        replica = new BftReplica(
            chain.Binding, engine, signGuard, new Ed25519Signer(chain.Seed), permit);
        Do(replica.Start(
            new BftInput.HeightStarted(Next, Set, Parameters(), tip == 0 ? null : chain.Store.Commit(tip)),
            wal.Open(Next)));
        OnWork();
    }

    // Once others are near, a validator that waits for that begins, or begins to count (G5).
    private void LookAround()
    {
        if (replica is null ? !IsNear() : !permit.WaitsToCount || !IsInSet || !IsNear())
            return;
        var tip = chain.Head.Header.Number;
        if (replica is not null)
        {
            permit.CountFrom(tip + Slack);
            return;
        }

        permit = new SigningPermit(signGuard.Last, tip == 0 ? 0 : tip + Slack, options.ConfirmSoleSigner);
        Begin();
    }

    // More than a third, of which one at least is honest, told heights that are reached here.
    private bool IsNear()
    {
        var tip = chain.Head.Header.Number;
        var weight = 0UL;
        foreach (var peer in gossip.Peers.DistinctBy(p => p.Id))
        {
            if (!toldHeights.TryGetValue(peer.Id, out var height) || height > tip)
                continue;
            // A medium that does not prove keys counts its peers one each; that is for development only.
            var index = Set.IndexOf(peer.ConsensusKey.Span);
            weight += peer.ConsensusKey.IsEmpty ? 1 : index < 0 ? 0 : Set[index].Weight;
        }

        return weight >= Set.SkipWeight;
    }

    // While this node does not sign, a new signature of its key comes from another that holds the key.
    private void Watch(BftMessage message)
    {
        if (permit.State is PermitState.Granted or PermitState.KeyIsInUse || message is not SignedMessage signed
            || signed.Height != Next || signed.Signer != Set.IndexOf(chain.OwnKey.Span)
            || !certificates.IsSigned(signed, Set))
            return;
        permit.SawOwnKey(signed.Height);
        KeyIsInUse(log, signed.Height);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "This validator does not sign: its sign guard is missing or too old. If its key signs nowhere else, "
            + "start with confirmSoleSigner.")]
    private static partial void NeedsConfirmation(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Another node signs with this validator's key (height {Height}). This one will not sign.")]
    private static partial void KeyIsInUse(ILogger logger, ulong height);
}
