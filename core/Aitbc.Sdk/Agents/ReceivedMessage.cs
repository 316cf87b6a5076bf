using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Agents;

/// <summary>A message as its receiver has it after all checks.</summary>
/// <param name="Number">Its number in the inbox, as the coordinator says.</param>
/// <param name="Digest">Its name.</param>
/// <param name="Message">What came.</param>
/// <param name="Fault">One of <see cref="MessageFaults"/>: do not believe it; null = all is as it should be.</param>
/// <param name="Text">What it says; null with a fault.</param>
/// <param name="OpenedAt">When it was first opened, if that was before: do not act on it twice.</param>
public sealed record ReceivedMessage(
    long Number,
    Hash256 Digest,
    AgentMessage Message,
    string? Fault,
    byte[]? Text = null,
    DateTimeOffset? OpenedAt = null);

/// <summary>Why a message is not believed (specs/market/messages.md, Checks of a receiver).</summary>
public static class MessageFaults
{
    /// <summary>It is for another agent.</summary>
    public const string WrongReceiver = "wrong_receiver";

    /// <summary>A member is outside its bounds.</summary>
    public const string Malformed = "malformed";

    /// <summary>The registry does not have its sender.</summary>
    public const string UnknownSender = "unknown_sender";

    /// <summary>It is not signed by an account that speaks for its sender.</summary>
    public const string SignatureInvalid = "signature_invalid";

    /// <summary>It is of the future, or too old.</summary>
    public const string Stale = "stale";

    /// <summary>It is sealed for another key.</summary>
    public const string KeyUnknown = "key_unknown";

    /// <summary>It does not open.</summary>
    public const string Unreadable = "unreadable";

    /// <summary>Another message with its id came from its sender before.</summary>
    public const string Replayed = "replayed";

    /// <summary>What a code of the wallet means; null for those that say nothing about the message.</summary>
    internal static string? OfWallet(string code) => code switch
    {
        ProblemCodes.MessageMalformed => Malformed,
        ProblemCodes.MessageStale => Stale,
        ProblemCodes.MessageKeyUnknown => KeyUnknown,
        ProblemCodes.MessageUnreadable => Unreadable,
        ProblemCodes.MessageReplayed => Replayed,
        _ => null,
    };
}
