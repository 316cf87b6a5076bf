using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What happens to the engine (specs/consensus.md, section 4). A closed list; none carries a time.</summary>
public abstract record BftInput
{
    private BftInput()
    {
    }

    /// <summary>The block below is durable; this height may be decided now.</summary>
    /// <param name="Height">One above the newest durable block.</param>
    /// <param name="Validators">The set of this height, as the header below names it.</param>
    /// <param name="Parameters">Times of this height.</param>
    /// <param name="Below">Commit certificate of the block below; null above genesis.</param>
    public sealed record HeightStarted(
        ulong Height, ValidatorSet Validators, BftParameters Parameters, VoteCertificate? Below) : BftInput;

    /// <summary>There may be a transaction for a block.</summary>
    public sealed record WorkAvailable : BftInput;

    /// <summary>A time-out has elapsed.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Height">Height it was scheduled for.</param>
    /// <param name="Round">Round it was scheduled for.</param>
    public sealed record TimeoutElapsed(TimeoutKind Kind, ulong Height, int Round) : BftInput;

    /// <summary>The block asked for by <see cref="BftEffect.BuildBlock"/>; its body is durable.</summary>
    /// <param name="Height">Its height.</param>
    /// <param name="Round">Round it was built for.</param>
    /// <param name="Block">The block.</param>
    public sealed record BlockBuilt(ulong Height, int Round, BlockInfo Block) : BftInput;

    /// <summary>Answer to <see cref="BftEffect.CheckBlock"/>, once the body is there.</summary>
    /// <param name="Height">Height.</param>
    /// <param name="Round">Round of the question.</param>
    /// <param name="Block">The block.</param>
    /// <param name="Valid">Whether it may follow its parent: a function of parent state and block only.</param>
    /// <param name="Timely">Whether its time fits this node's clock now.</param>
    public sealed record BlockChecked(ulong Height, int Round, BlockInfo Block, bool Valid, bool Timely) : BftInput;

    /// <summary>The sign guard signed what <see cref="BftEffect.Sign"/> asked for, and is durable.</summary>
    /// <param name="Message">The message with its signature.</param>
    public sealed record MessageSigned(SignedMessage Message) : BftInput;

    /// <summary>The sign guard refused.</summary>
    /// <param name="Message">The message without a signature.</param>
    public sealed record SignRefused(SignedMessage Message) : BftInput;

    /// <summary>Something came from a peer. Nothing about it is believed yet.</summary>
    /// <param name="Message">The decoded message.</param>
    public sealed record MessageReceived(BftMessage Message) : BftInput;

    /// <summary>The log of the height has been replayed; from here on effects are carried out.</summary>
    public sealed record Resumed : BftInput;
}
