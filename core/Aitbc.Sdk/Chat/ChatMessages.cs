using Aitbc.Primitives;

namespace Aitbc.Sdk.Chat;

/// <summary>One message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatTurn(string Role, string Content);

/// <summary>What is asked of a model.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Turns">The conversation so far; the last is what is asked.</param>
/// <param name="MaxTokens">The most tokens of the answer, at least 1: what it can cost follows from it.</param>
public sealed record ChatAsk(string Model, IReadOnlyList<ChatTurn> Turns, int MaxTokens)
{
    /// <summary>The most that each provider may ask for it, in atto-AIT; null = whatever the payer allows.</summary>
    public UInt256? MaxPrice { get; init; }
}

/// <summary>A part of an answer as it comes.</summary>
public abstract record ChatPart;

/// <summary>Text.</summary>
/// <param name="Text">Some of it; never empty.</param>
public sealed record ChatText(string Text) : ChatPart;

/// <summary>What the answer costs so far, over all providers that gave a part of it.</summary>
/// <param name="Tokens">Tokens that were given.</param>
/// <param name="Cost">atto-AIT; at most this before the end, just this at the end.</param>
/// <param name="IsFinal">Whether the provider has counted to the end.</param>
public sealed record ChatCost(ulong Tokens, UInt256 Cost, bool IsFinal) : ChatPart;

/// <summary>A provider was lost; another goes on from what was given.</summary>
/// <param name="Lost">Who was lost.</param>
/// <param name="PaidAtMost">What it can have for its part, in atto-AIT.</param>
public sealed record ChatMoved(Address Lost, UInt256 PaidAtMost) : ChatPart;

/// <summary>The end.</summary>
/// <param name="Reason">The engine's: <c>stop</c>, <c>length</c>, or another.</param>
/// <param name="Provider">Who gave it; null if the server does not say.</param>
/// <param name="Answer">The answer's id, under which its receipt is; null if the server does not say.</param>
public sealed record ChatEnd(string Reason, Address? Provider, string? Answer) : ChatPart;
