using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Messages of agents, sealed and opened by the wallet, whose keys stay there (specs/market/messages.md, Wallet
/// daemon). Refusals are <see cref="Errors.AitbcException"/>. <see cref="AgentMailbox"/> does the rest of what is to
/// be checked.
/// </summary>
public sealed class MessageClient
{
    private readonly WalletHttp wallet;

    internal MessageClient(WalletHttp wallet) => this.wallet = wallet;

    /// <summary>The public key for which messages to the account's agents are sealed.</summary>
    /// <param name="account">An account of the wallet.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<Hash256> KeyAsync(Address account, CancellationToken cancel = default)
    {
        var answer = await wallet.PostAsync(
            "v1/messages/key",
            new MessageKeyRequest(account),
            WalletJson.Default.MessageKeyRequest,
            WalletJson.Default.MessageKey,
            cancel).ConfigureAwait(false);
        return answer.Key;
    }

    /// <summary>Seals a text for another agent and signs it. Each time gives another envelope.</summary>
    /// <param name="request">The text, and from whom to whom.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<AgentMessage> SealAsync(SealMessageRequest request, CancellationToken cancel = default) =>
        wallet.PostAsync(
            "v1/messages/seal",
            request,
            WalletJson.Default.SealMessageRequest,
            WalletJson.Default.AgentMessage,
            cancel);

    /// <summary>Opens a message. Repeating it says when it was first opened.</summary>
    /// <param name="request">The message.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<OpenedMessage> OpenAsync(OpenMessageRequest request, CancellationToken cancel = default) =>
        wallet.PostAsync(
            "v1/messages/open",
            request,
            WalletJson.Default.OpenMessageRequest,
            WalletJson.Default.OpenedMessage,
            cancel);
}
