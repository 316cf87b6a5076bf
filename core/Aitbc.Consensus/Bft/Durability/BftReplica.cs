using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using static Aitbc.Consensus.Bft.Durability.ReplicaAction;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>
/// Engine, log and sign guard put together in the only safe order (specs/consensus.md, section 7): inputs are durable
/// before anything of them is seen outside, the guard is durable before its signature is used, and nothing is processed
/// before the log has been replayed. Pure: all input and output is in the actions.
/// </summary>
public sealed class BftReplica
{
    private readonly ChainBinding binding;
    private readonly BftEngine engine;
    private readonly SignGuard guard;
    private readonly IMessageSigner? signer;
    private readonly SigningPermit permit;
    private readonly List<ReplicaAction> actions = [];
    private readonly Queue<BftInput> own = [];
    private bool logIsDurable = true;
    private bool started;

    /// <summary>A replica before its first height.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="engine">An engine before its first height.</param>
    /// <param name="guard">The guard of the key.</param>
    /// <param name="signer">Signs; null for a node that only follows.</param>
    /// <param name="permit">Whether it may sign yet.</param>
    public BftReplica(
        ChainBinding binding, BftEngine engine, SignGuard guard, IMessageSigner? signer, SigningPermit permit) =>
        (this.binding, this.engine, this.guard, this.signer, this.permit) = (binding, engine, guard, signer, permit);

    /// <summary>The engine, to look at.</summary>
    public BftEngine Engine => engine;

    /// <summary>
    /// Starts a height. The first time after a start of the process, the log of that height is replayed before anything
    /// else happens.
    /// </summary>
    /// <param name="height">The height.</param>
    /// <param name="log">
    /// Inputs of the log of this height: a whole log, or one whose torn tail was cut off. Null if there is none. If
    /// the guard signed at this height what the log does not lead to, nothing of the height is signed (rule G6).
    /// </param>
    public IReadOnlyList<ReplicaAction> Start(HeightStarted height, IReadOnlyList<BftInput>? log)
    {
        ArgumentNullException.ThrowIfNull(height);
        actions.Clear();
        if (height.Height <= engine.Height)
            return [];
        permit.Committed(height.Height - 1);
        // At the start of the process too: the crash may have been between the block and its guard, and a second one
        // there would leave the guard two heights behind (rule G3). A guard that is raised says that it is known what
        // was signed, so a watch must have ended before (rule G5).
        var record = permit.State switch
        {
            PermitState.Granted => guard.RaiseOver(height.Height - 1),
            PermitState.Watching => guard.Watch(),
            _ => null,
        };
        if (record is not null && signer is not null)
            actions.Add(new StoreGuard(record.ToBytes(binding)));
        started = true;
        if (log is null)
        {
            AbstainIfForgotten(height.Height, hasReplayed: false);
            actions.Add(new StartLog(height.Height, WalCodec.Header(binding, height.Height)));
            logIsDurable = false;
            Perform(engine.Step(height));
        }
        else
        {
            // What these inputs led to was done, or is asked for again at the end; proofs may not have been kept.
            engine.Step(height);
            foreach (var input in log)
                actions.AddRange(engine.Step(input).OfType<BftEffect.ReportEvidence>().Select(e => new Perform(e)));
            AbstainIfForgotten(height.Height, hasReplayed: true);
            logIsDurable = false;
            Perform(engine.Step(new Resumed()));
        }

        return Drain();
    }

    /// <summary>Processes an input; nothing happens before the first <see cref="Start"/>.</summary>
    public IReadOnlyList<ReplicaAction> Handle(BftInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        actions.Clear();
        if (!started || input is HeightStarted or Resumed or MessageSigned or SignRefused)
            return [];
        Step(input);
        return Drain();
    }

    // What led to a signature was durable before it (D1), so a guard that is further than the log means that the log is
    // gone or an old copy, and with it the lock. The guard cannot replace it: the height is signed no more (rule G6).
    private void AbstainIfForgotten(ulong height, bool hasReplayed)
    {
        if (guard.Last is not { Step: > 0, IsWatching: false } signed || signed.Height != height)
            return;
        var isKnown = (engine.Round, (int)engine.RoundStep).CompareTo((signed.Round, signed.Step)) >= 0;
        if (!(hasReplayed && isKnown) && guard.RaiseOver(height) is { } raised)
            actions.Add(new StoreGuard(raised.ToBytes(binding)));
    }

    private IReadOnlyList<ReplicaAction> Drain()
    {
        while (own.TryDequeue(out var input))
            Step(input);
        return [.. actions];
    }

    private void Step(BftInput input)
    {
        var effects = engine.Step(input);
        if (engine.LastInputMattered)
        {
            actions.Add(new AppendLog(WalCodec.Encode(input)));
            logIsDurable = false;
        }

        Perform(effects);
    }

    private void Perform(IReadOnlyList<BftEffect> effects)
    {
        foreach (var effect in effects)
        {
            if (effect.NeedsDurableInputs && !logIsDurable)
            {
                actions.Add(new SyncLog());
                logIsDurable = true;
            }

            if (effect is BftEffect.Sign sign)
                own.Enqueue(Sign(sign.Message));
            else
                actions.Add(new Perform(effect));
        }
    }

    private BftInput Sign(SignedMessage message)
    {
        if (signer is null || permit.State != PermitState.Granted)
            return new SignRefused(message);
        switch (guard.Ask(message))
        {
            case GuardAnswer.Sign:
                var signature = signer.Sign(message.SignBytes(binding));
                actions.Add(new StoreGuard(guard.After(message, signature).ToBytes(binding)));
                return new MessageSigned(message.WithSignature(signature));
            case GuardAnswer.SameAgain:
                return new MessageSigned(message.WithSignature(guard.Last!.Signature));
            case GuardAnswer.Conflict:
                actions.Add(new Alarm(message.Height, message.Round));
                return new SignRefused(message);
            default:
                return new SignRefused(message);
        }
    }
}
