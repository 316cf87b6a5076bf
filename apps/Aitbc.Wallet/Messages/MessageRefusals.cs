using Aitbc.Sdk.Errors;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Messages;

/// <summary>Why a message is not sealed or not opened.</summary>
internal static class MessageRefusals
{
    public static Refusal Malformed(string detail) => new(ProblemCodes.MessageMalformed, 400, detail);

    public static Refusal Stale { get; } = new(
        ProblemCodes.MessageStale, 400, "The message is more than 300 s ahead of this wallet's clock, or 8 days old.");

    public static Refusal KeyUnknown { get; } = new(
        ProblemCodes.MessageKeyUnknown,
        422,
        "The message is sealed for another key than this account's.",
        Next: "The sender takes the key from the registry and seals it anew.");

    public static Refusal Unreadable { get; } = new(
        ProblemCodes.MessageUnreadable, 422, "The message does not open: something of it was changed on the way.");

    public static Refusal Replayed { get; } = new(
        ProblemCodes.MessageReplayed, 409, "Another message with this id came from this sender before.");

    public static Refusal Full(int limit) => new(
        "messages_full", 409, $"The account remembers its limit of {limit} opened messages.",
        Retryable: true, Next: "They are forgotten after 9 days.");
}
