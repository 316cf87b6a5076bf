using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What the engine wants done, in order (specs/consensus.md, section 4). The list is closed.</summary>
public abstract record BftEffect
{
    private BftEffect()
    {
    }

    /// <summary>True if nothing may be seen of it before all inputs so far are durable.</summary>
    public virtual bool NeedsDurableInputs => false;

    /// <summary>Build a block and make its body durable; the answer is <see cref="BftInput.BlockBuilt"/>.</summary>
    /// <param name="Height">Height of the block.</param>
    /// <param name="Round">Round it is for.</param>
    public sealed record BuildBlock(ulong Height, int Round) : BftEffect;

    /// <summary>
    /// Get the body if it is missing and check it; the answer is <see cref="BftInput.BlockChecked"/>. May be repeated.
    /// </summary>
    /// <param name="Height">Height.</param>
    /// <param name="Round">Round to name in the answer.</param>
    /// <param name="Block">Hash of the block.</param>
    public sealed record CheckBlock(ulong Height, int Round, Hash256 Block) : BftEffect;

    /// <summary>Sign through the guard; the answer is <see cref="BftInput.MessageSigned"/> or SignRefused.</summary>
    /// <param name="Message">Message without signature.</param>
    public sealed record Sign(SignedMessage Message) : BftEffect
    {
        /// <inheritdoc />
        public override bool NeedsDurableInputs => true;
    }

    /// <summary>Send to all validators (and a proposal with its body).</summary>
    /// <param name="Message">The message.</param>
    public sealed record Broadcast(BftMessage Message) : BftEffect
    {
        /// <inheritdoc />
        public override bool NeedsDurableInputs => true;
    }

    /// <summary>Answer <see cref="BftInput.TimeoutElapsed"/> later; replaces the one of its kind.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Height">Height.</param>
    /// <param name="Round">Round.</param>
    /// <param name="Milliseconds">How much later.</param>
    public sealed record ScheduleTimeout(TimeoutKind Kind, ulong Height, int Round, int Milliseconds) : BftEffect;

    /// <summary>Forget time-outs of propose, prevote, precommit and new height.</summary>
    /// <param name="Height">Height.</param>
    public sealed record CancelTimeouts(ulong Height) : BftEffect;

    /// <summary>
    /// The block is final. Make block, state and certificate durable in one batch, then start the next height.
    /// </summary>
    /// <param name="Height">Height.</param>
    /// <param name="Block">Hash of the block.</param>
    /// <param name="Certificate">A quorum of precommits for it.</param>
    public sealed record Decide(ulong Height, Hash256 Block, VoteCertificate Certificate) : BftEffect
    {
        /// <inheritdoc />
        public override bool NeedsDurableInputs => true;
    }

    /// <summary>A validator signed two things; keep the proof for a block.</summary>
    /// <param name="Proof">The proof; its signatures are verified.</param>
    public sealed record ReportEvidence(Equivocation Proof) : BftEffect;

    /// <summary>
    /// Messages that came too early: hand them in again as <see cref="BftInput.MessageReceived"/>, through the log of
    /// the height that has started.
    /// </summary>
    /// <param name="Messages">At most <see cref="BftLimits.FutureMessagesPerHeight"/>.</param>
    public sealed record Redeliver(IReadOnlyList<SignedMessage> Messages) : BftEffect;
}
