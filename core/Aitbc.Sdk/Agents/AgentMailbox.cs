using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Agents;

/// <summary>
/// Writes and reads messages of agents (specs/market/messages.md). Who sent what is checked against the chain and by
/// the wallet: the coordinator is not believed.
/// </summary>
public sealed class AgentMailbox
{
    private readonly ChainClient chain;
    private readonly AgentClient agents;
    private readonly MessageClient wallet;
    private readonly MarketClient market;
    private readonly Address account;

    /// <summary>Makes a mailbox.</summary>
    /// <param name="chain">A node of the reader's choice.</param>
    /// <param name="wallet">Holds the account's keys.</param>
    /// <param name="market">The coordinator, for the account.</param>
    /// <param name="account">Speaks for the agents that write and read here.</param>
    public AgentMailbox(ChainClient chain, WalletClient wallet, MarketClient market, Address account)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(wallet);
        ArgumentNullException.ThrowIfNull(market);
        (this.chain, agents, this.market, this.account) = (chain, new AgentClient(chain), market, account);
        this.wallet = wallet.Messages;
    }

    /// <summary>Seals and signs a text. <see cref="PostAsync"/> may then be repeated until it is answered.</summary>
    /// <param name="from">The agent that writes.</param>
    /// <param name="to">The agent that reads.</param>
    /// <param name="text">0 to <see cref="AgentMessage.MaxPayload"/> bytes.</param>
    /// <param name="topic">See <see cref="AgentMessage.Topic"/>.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <exception cref="AitbcException"><c>agent_unknown</c>, <c>no_message_key</c>, or the wallet's.</exception>
    public async Task<AgentMessage> SealAsync(
        ulong from, ulong to, ReadOnlyMemory<byte> text, string topic = "", CancellationToken cancel = default)
    {
        var receiver = await agents.StandingAsync(to, cancel).ConfigureAwait(false)
            ?? throw Refused(404, ProblemCodes.AgentUnknown, $"The registry has no agent {to}.");
        return await wallet.SealAsync(
            new SealMessageRequest
            {
                Account = account,
                ChainId = await chain.ChainIdAsync(cancel).ConfigureAwait(false),
                From = from,
                To = to,
                ReceiverKey = receiver.MessageKey ?? throw Refused(
                    409, ProblemCodes.NoMessageKey, $"Agent {to} has registered no key for messages."),
                Topic = topic,
                Payload = text.ToArray(),
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Gives a message to the coordinator. Repeating it posts nothing more.</summary>
    public Task<MessageReceipt> PostAsync(AgentMessage message, CancellationToken cancel = default) =>
        market.PostMessageAsync(message, cancel);

    /// <summary>Reads messages, each checked; those with a fault are given without a text.</summary>
    /// <param name="agent">The agent that reads.</param>
    /// <param name="query">Which messages.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<IReadOnlyList<ReceivedMessage>> ReadAsync(
        ulong agent, InboxQuery query, CancellationToken cancel = default)
    {
        var page = await market.InboxAsync(agent, query, cancel).ConfigureAwait(false);
        var chainId = await chain.ChainIdAsync(cancel).ConfigureAwait(false);
        var senders = new Dictionary<ulong, AgentStanding?>();
        var read = new List<ReceivedMessage>(page.Messages.Count);
        foreach (var one in page.Messages)
        {
            var fault = await FaultAsync(agent, one.Message, chainId, senders, cancel).ConfigureAwait(false);
            read.Add(fault is null
                ? await OpenAsync(one, chainId, cancel).ConfigureAwait(false)
                : new ReceivedMessage(one.Number, one.Digest, one.Message, fault));
        }

        return read;
    }

    /// <summary>Says that messages arrived: the coordinator keeps them no longer. Repeating changes nothing.</summary>
    /// <param name="agent">The agent that read.</param>
    /// <param name="read">1 to 100 messages of its inbox.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task AcknowledgeAsync(
        ulong agent, IReadOnlyList<ReceivedMessage> read, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        await market.AcknowledgeAsync(agent, [.. read.Select(r => r.Digest)], cancel).ConfigureAwait(false);
    }

    private async Task<string?> FaultAsync(
        ulong agent,
        AgentMessage message,
        ulong chainId,
        Dictionary<ulong, AgentStanding?> senders,
        CancellationToken cancel)
    {
        if (message.To != agent)
            return MessageFaults.WrongReceiver;
        if (!message.IsWellFormed())
            return MessageFaults.Malformed;
        if (!senders.TryGetValue(message.From, out var sender))
            senders[message.From] = sender = await agents.StandingAsync(message.From, cancel).ConfigureAwait(false);
        if (sender is null)
            return MessageFaults.UnknownSender;
        return message.SignerOf(chainId) is { } signer && sender.IsSpokenForBy(signer)
            ? null
            : MessageFaults.SignatureInvalid;
    }

    private async Task<ReceivedMessage> OpenAsync(InboxMessage one, ulong chainId, CancellationToken cancel)
    {
        // What it is called by the coordinator is not what it is: whoever acknowledges names what was read.
        var digest = one.Message.Digest(chainId);
        try
        {
            var opened = await wallet
                .OpenAsync(new OpenMessageRequest(account, chainId, one.Message), cancel).ConfigureAwait(false);
            return new ReceivedMessage(one.Number, digest, one.Message, null, opened.Payload, opened.OpenedAt);
        }
        catch (AitbcException e) when (MessageFaults.OfWallet(e.Problem.Code) is { } fault)
        {
            return new ReceivedMessage(one.Number, digest, one.Message, fault);
        }
    }

    private static AitbcException Refused(int status, string code, string detail) => new(new AitbcProblem
    {
        Status = status,
        Code = code,
        Title = status.ToString(CultureInfo.InvariantCulture),
        Detail = detail,
        Next = code switch
        {
            ProblemCodes.NoMessageKey => "Its owner sets one: aitbc agent open-inbox.",
            ProblemCodes.AgentUnknown => "'aitbc agent list' shows all.",
            _ => null,
        },
    });
}
