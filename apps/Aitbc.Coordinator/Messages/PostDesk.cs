using System.Buffers.Binary;
using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Messages;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Messages;

/// <summary>
/// Takes messages: signed by who speaks for the sender, sealed for the key that the receiver has on the chain. What is
/// answered is on disk.
/// </summary>
internal sealed class PostDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    AgentBook agents,
    InboxSignals signals,
    InboxPlaces places,
    MarketSelf self,
    RateGate rates,
    CoordinatorOptions options,
    TimeProvider time)
{
    private const ulong MostAhead = 300;

    /// <summary>The receipt, and whether the message is new where its receiver reads.</summary>
    /// <param name="message">The message.</param>
    /// <param name="host">Host and port as the caller named this coordinator.</param>
    /// <param name="isPassedOn">Whether another coordinator passed it on: then it stays here.</param>
    /// <param name="cancel">Stops the wait; the message may still be taken.</param>
    public async Task<(MessageReceipt Receipt, bool IsNew)> PostAsync(
        AgentMessage message, string host, bool isPassedOn, CancellationToken cancel)
    {
        var chainId = self.Known.ChainId;
        if (!message.IsWellFormed())
            throw Refusal.Of(
                400, ProblemCodes.MessageMalformed, "A member of the message is outside its bounds.",
                "See specs/market/messages.md.");
        var digest = message.Digest(chainId);
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (await db.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.Digest == digest, cancel) is { } known)
            return (ReceiptOf(known), false);
        CheckTime(message);
        var receiver = await CheckPartiesAsync(message, chainId, cancel);
        if (!isPassedOn && places.Elsewhere(receiver, host) is { } place)
            return await places.PassAsync(place, message, digest, cancel);
        var (row, isNew) = await StoreAsync(db, message, digest, cancel);
        if (isNew)
            signals.Wake(message.To);
        return (ReceiptOf(row), isNew);
    }

    private void CheckTime(AgentMessage message)
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (message.SentAt > now + MostAhead || message.SentAt + MessageRow.TakenForSeconds < now)
            throw Refusal.Of(
                400,
                ProblemCodes.MessageStale,
                $"sentAt is more than {MostAhead} s ahead of this coordinator's clock, or more than an hour ago.",
                "Seal it anew under the same id.");
    }

    private async Task<AgentStanding> CheckPartiesAsync(
        AgentMessage message, ulong chainId, CancellationToken cancel)
    {
        if (message.SignerOf(chainId) is not { } signer)
            throw Unsigned(message.From);
        var sender = await agents.FindAsync(message.From, a => a.IsSpokenForBy(signer), cancel)
            ?? throw Unknown(message.From);
        if (!sender.IsSpokenForBy(signer))
            throw Unsigned(message.From);
        rates.Pass(signer.ToString());
        var receiver = await agents.FindAsync(message.To, a => a.MessageKey == message.ReceiverKey, cancel)
            ?? throw Unknown(message.To);
        if (receiver.MessageKey is null)
            throw Refusal.Of(
                409, ProblemCodes.NoMessageKey, $"Agent {message.To} has registered no key for messages.",
                "Its owner sets the metadata x25519: aitbc agent open-inbox.", retryable: true);
        if (receiver.MessageKey != message.ReceiverKey)
            throw Refusal.Of(
                409, ProblemCodes.MessageKeyStale, $"Agent {message.To} has another key for messages now.",
                "Take the key from the registry and seal the message anew.");
        return receiver;
    }

    private async Task<(MessageRow Row, bool IsNew)> StoreAsync(
        CoordinatorDbContext db, AgentMessage message, Hash256 digest, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var row = MessageRow.Of(message, digest, nowMs);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // One after the other, so that the numbers of an inbox rise in the order in which they can be seen.
        var inbox = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(inbox, row.Receiver);
        await store.LockAsync(db, "inbox", inbox, cancel);
        await db.Messages.Where(m => m.Receiver == row.Receiver && m.ExpiresAtMs <= nowMs).ExecuteDeleteAsync(cancel);
        var same = await db.Messages.AsNoTracking().FirstOrDefaultAsync(
            m => m.Receiver == row.Receiver && m.Sender == row.Sender && m.MessageId == row.MessageId, cancel);
        if (same is not null)
            return same.Digest == digest ? (same, false) : throw Refusal.Of(
                409, ProblemCodes.MessageIdUsed, "Another message with this id was taken from this sender.",
                "Send other messages under other ids.");
        await CheckRoomAsync(db, row, cancel);
        db.Messages.Add(row);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (row, true);
    }

    private async Task CheckRoomAsync(CoordinatorDbContext db, MessageRow row, CancellationToken cancel)
    {
        var kept = db.Messages.Where(m => m.Receiver == row.Receiver && !m.IsAcknowledged);
        if (await kept.CountAsync(cancel) >= options.MessagesPerInbox)
            throw Full($"The inbox of agent {row.Receiver} holds its limit of {options.MessagesPerInbox} messages.");
        if (await kept.CountAsync(m => m.Sender == row.Sender, cancel) >= options.MessagesPerSender)
            throw Full(
                $"The inbox of agent {row.Receiver} holds {options.MessagesPerSender} messages of agent {row.Sender}.");
    }

    private static MessageReceipt ReceiptOf(MessageRow row) => new(
        row.Digest,
        row.Number,
        DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAtMs),
        DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresAtMs));

    private static AitbcException Full(string detail) => Refusal.Of(
        429, ProblemCodes.InboxFull, detail, "Try again when its agent has read.", retryable: true);

    private static AitbcException Unknown(ulong agent) => Refusal.Of(
        404, ProblemCodes.AgentUnknown, $"The registry has no agent {agent}.", "'aitbc agent list' shows all.");

    private static AitbcException Unsigned(ulong agent) => Refusal.Of(
        401, ProblemCodes.SignatureInvalid, $"The message is not signed by an account that speaks for agent {agent}.",
        "The agent's owner or its wallet signs.");
}
