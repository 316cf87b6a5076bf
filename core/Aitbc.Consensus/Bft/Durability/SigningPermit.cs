namespace Aitbc.Consensus.Bft.Durability;

/// <summary>Whether a validator that has just started may sign.</summary>
public enum PermitState
{
    /// <summary>It may.</summary>
    Granted,

    /// <summary>The guard is missing or too old: the operator must say that the key runs nowhere else.</summary>
    NeedsConfirmation,

    /// <summary>
    /// The operator said so, or the guard says that it watches: two heights are watched for signatures of the key
    /// first.
    /// </summary>
    Watching,

    /// <summary>Somebody else signs with this key: never sign.</summary>
    KeyIsInUse,
}

/// <summary>
/// Keeps a key that was restored from a copy from signing beside the original. Two heights above the tip at the start
/// must be committed without a signature of this key.
/// </summary>
public sealed class SigningPermit
{
    /// <summary>Heights that are watched.</summary>
    public const ulong WatchedHeights = 2;

    /// <summary>In place of a tip: the watch does not end before <see cref="CountFrom"/>.</summary>
    public const ulong NotYet = ulong.MaxValue - WatchedHeights;

    private ulong tip;

    /// <summary>Decides at the start.</summary>
    /// <param name="guard">What the guard file held; null if there was none.</param>
    /// <param name="tip">
    /// Height of the newest durable block, or one above it from which to count; <see cref="NotYet"/> if that is not
    /// known yet.
    /// </param>
    /// <param name="confirmed">True if the operator says that the key runs nowhere else.</param>
    public SigningPermit(GuardRecord? guard, ulong tip, bool confirmed)
    {
        this.tip = tip;
        // The guard is raised after a block has become durable, so it may be one behind.
        var watches = guard is { IsWatching: true };
        var fits = guard is null || watches ? tip == 0 : guard.Height + 1 >= tip;
        State = fits ? PermitState.Granted
            : confirmed || watches ? PermitState.Watching
            : PermitState.NeedsConfirmation;
    }

    /// <summary>Whether to sign now.</summary>
    public PermitState State { get; private set; }

    /// <summary>True if it watches and does not know yet from which height on.</summary>
    public bool WaitsToCount => State == PermitState.Watching && tip == NotYet;

    /// <summary>Counts the watched heights from here.</summary>
    /// <param name="height">A height that others may have reached, and no more.</param>
    public void CountFrom(ulong height)
    {
        if (WaitsToCount)
            tip = height;
    }

    /// <summary>A block has become durable.</summary>
    /// <param name="height">Its height.</param>
    public void Committed(ulong height)
    {
        if (State == PermitState.Watching && height >= tip + WatchedHeights)
            State = PermitState.Granted;
    }

    /// <summary>A message of this key with a good signature came from a peer while nothing was signed here.</summary>
    /// <param name="height">Height of the message; those up to the tip may be old ones.</param>
    public void SawOwnKey(ulong height)
    {
        if (State is PermitState.Watching or PermitState.NeedsConfirmation && height > tip)
            State = PermitState.KeyIsInUse;
    }
}
