using Aitbc.Primitives;

namespace Aitbc.Sdk.Agents;

/// <summary>Who speaks for an agent, and how it is written to, as the chain has it now.</summary>
/// <param name="Owner">Who owns it.</param>
/// <param name="Wallet">Its wallet; null after a transfer, until the new owner sets one.</param>
/// <param name="MessageKey">Its X25519 key for messages; null if it has registered none of 32 bytes.</param>
/// <param name="Inbox">Where it says that it reads; null if it says nothing of 1 to 512 bytes.</param>
public sealed record AgentStanding(Address Owner, Address? Wallet, Hash256? MessageKey, string? Inbox = null)
{
    /// <summary>True for its owner and its wallet (specs/market/messages.md).</summary>
    public bool IsSpokenForBy(Address account) => account == Owner || account == Wallet;
}
