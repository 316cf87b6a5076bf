using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>What the guard says to a message.</summary>
public enum GuardAnswer
{
    /// <summary>Sign; make <see cref="SignGuard.After"/> durable before the signature is used.</summary>
    Sign,

    /// <summary>This was signed before: use the signature kept.</summary>
    SameAgain,

    /// <summary>Of a height, round or step that is behind; refuse.</summary>
    Behind,

    /// <summary>Another message for the place that was signed last: refuse and raise an alarm.</summary>
    Conflict,
}

/// <summary>
/// Keeps a key from signing two different things for one place, over all restarts. It remembers the last signature
/// only: places are height, round, step in this order, and never go back. It lives in a file of its own, in no database
/// and no backup.
/// </summary>
/// <param name="binding">Chain and genesis.</param>
/// <param name="last">What the file held; null if there was none.</param>
public sealed class SignGuard(ChainBinding binding, GuardRecord? last)
{
    /// <summary>What was signed last.</summary>
    public GuardRecord? Last { get; private set; } = last;

    /// <summary>Whether the message may be signed.</summary>
    public GuardAnswer Ask(SignedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Last is not { } signed)
            return GuardAnswer.Sign;
        var order = (message.Height, message.Round, (int)message.Step).CompareTo(
            (signed.Height, signed.Round, signed.Step));
        // Raised or watching: the whole height is over. Above it a watching key is held by its permit.
        if ((signed.Step == 0 || signed.IsWatching) && message.Height <= signed.Height)
            return GuardAnswer.Behind;
        if (order != 0)
            return order < 0 ? GuardAnswer.Behind : GuardAnswer.Sign;
        return message.SignBytes(binding).AsSpan().SequenceEqual(signed.SignBytes.Span)
            ? GuardAnswer.SameAgain
            : GuardAnswer.Conflict;
    }

    /// <summary>The record to make durable (write, fsync, rename, fsync of folder) before the signature goes.</summary>
    /// <param name="message">A message to which the answer was <see cref="GuardAnswer.Sign"/>.</param>
    /// <param name="signature">Its signature.</param>
    /// <exception cref="InvalidOperationException">The answer was another.</exception>
    public GuardRecord After(SignedMessage message, ReadOnlyMemory<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Ask(message) != GuardAnswer.Sign)
            throw new InvalidOperationException("The guard refuses this message.");
        Last = new GuardRecord(
            message.Height, message.Round, (int)message.Step, message.SignBytes(binding), signature);
        return Last;
    }

    /// <summary>
    /// Raises the guard over a height that is durably decided: nothing of it will be signed again. Without this, a
    /// validator that caught up without signing would look like one whose guard is an old copy.
    /// </summary>
    /// <returns>The record to make durable; null if the guard is higher already.</returns>
    public GuardRecord? RaiseOver(ulong height)
    {
        if (Last is { } signed && (signed.Height > height || (signed.Height == height && signed.Step == 0)))
            return null;
        Last = new GuardRecord(height, BftLimits.MaxRound, 0, default, default);
        return Last;
    }

    /// <summary>
    /// Notes that it is not known what the key signed, so that after a restart it is still not (rule G5). Ends with the
    /// first <see cref="RaiseOver"/>.
    /// </summary>
    /// <returns>The record to make durable; null if the guard says so already.</returns>
    public GuardRecord? Watch()
    {
        if (Last is { IsWatching: true })
            return null;
        Last = new GuardRecord(Last?.Height ?? 0, BftLimits.MaxRound, GuardRecord.WatchStep, default, default);
        return Last;
    }
}
