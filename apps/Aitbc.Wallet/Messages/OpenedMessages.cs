using Aitbc.Primitives;
using Aitbc.Sdk.Messages;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Messages;

/// <summary>
/// Remembers which messages were opened, so that one that comes again is known as such. A sender's id is its signer's:
/// nobody uses up the ids of others.
/// </summary>
internal sealed class OpenedMessages(IDbContextFactory<WalletDbContext> databases, TimeProvider time)
{
    /// <summary>Messages of one account that are remembered at most.</summary>
    public const int Most = 100_000;

    private const int UniqueViolation = 19;

    /// <summary>Writes it down; the answer says when the same message was first opened, if that was before.</summary>
    public async Task<Verdict<FirstOpening>> RememberAsync(
        Address account, Address signer, AgentMessage message, Hash256 digest, CancellationToken cancel)
    {
        var row = new OpenedMessageRow
        {
            Account = account.ToArray(),
            Signer = signer.ToArray(),
            Sender = (long)message.From,
            MessageId = message.Id.ToArray(),
            Digest = digest.ToArray(),
            OpenedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (await FindAsync(db, row, cancel) is { } before)
            return Judge(before, row);
        if (await db.OpenedMessages.CountAsync(m => m.Account == row.Account, cancel) >= Most)
            return MessageRefusals.Full(Most);
        try
        {
            db.OpenedMessages.Add(row);
            await db.SaveChangesAsync(cancel);
            return new FirstOpening(null);
        }
        catch (DbUpdateException e) when (e.InnerException is SqliteException { SqliteErrorCode: UniqueViolation })
        {
            // It was opened twice at the same moment: one of them is the first.
            return Judge((await FindAsync(db, row, cancel))!, row);
        }
    }

    private static Task<OpenedMessageRow?> FindAsync(
        WalletDbContext db, OpenedMessageRow row, CancellationToken cancel) =>
        db.OpenedMessages.AsNoTracking().SingleOrDefaultAsync(
            m => m.Account == row.Account && m.Signer == row.Signer && m.Sender == row.Sender
                && m.MessageId == row.MessageId,
            cancel);

    private static Verdict<FirstOpening> Judge(OpenedMessageRow before, OpenedMessageRow now) =>
        before.Digest.AsSpan().SequenceEqual(now.Digest)
            ? new FirstOpening(DateTimeOffset.FromUnixTimeMilliseconds(before.OpenedAtMs))
            : MessageRefusals.Replayed;
}

/// <summary>When a message was first opened; null = now.</summary>
internal sealed record FirstOpening(DateTimeOffset? Before);
