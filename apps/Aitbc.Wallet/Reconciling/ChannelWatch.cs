using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Reconciling;

/// <summary>
/// Asks the chain how channels stand: after a deposit or refund at once, while something is open on every pass, and
/// else now and then. State is asked, never events: whatever was missed shows in it.
/// </summary>
internal sealed class ChannelWatch(
    IDbContextFactory<WalletDbContext> databases, SpendLedger ledger, WalletChain chain, WalletOptions options,
    TimeProvider time)
{
    private const int MostAtOnce = 1_000;
    private long quietSince = long.MinValue;

    /// <summary>One pass over the channels that may have changed.</summary>
    public async Task PassAsync(CancellationToken cancel)
    {
        var isFull = quietSince == long.MinValue || time.GetElapsedTime(quietSince) >= options.ChannelInterval;
        if (isFull)
            quietSince = time.GetTimestamp();
        for (var after = 0L; ;)
        {
            var ids = await BusyAsync(after, isFull, cancel);
            foreach (var id in ids)
                await SyncAsync(id, cancel);
            if (ids.Count < MostAtOnce)
                return;
            after = ids[^1];
        }
    }

    /// <summary>After a deposit was taken or became void: what its channel holds is another amount.</summary>
    public async Task AfterDepositAsync(SpendRow row, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (row is { Deposit: not null, Channel: { } channel }
            && await WalletQueries.ChannelById(db, channel, cancel) is { } found)
            await SyncAsync(found.Id, cancel);
    }

    /// <summary>
    /// Looks at one channel now: its open deposits first, so that what it holds never seems to have come back. A node
    /// that does not answer leaves everything as it is.
    /// </summary>
    public async Task LookAsync(long id, CancellationToken cancel)
    {
        if (chain is not { Client: { } client, Escrow: { } escrow })
            return;
        try
        {
            var outcomes = new SpendOutcome(client, escrow);
            foreach (var row in await OpenDepositsAsync(id, cancel))
            {
                if (await outcomes.OfAsync(row, cancel) is { } outcome)
                    await ledger.EndAsync(row.Id, outcome.State, outcome.Took, outcome.Reason, cancel);
            }

            await SyncAsync(id, cancel);
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            // The next pass asks again.
        }
    }

    /// <summary>
    /// True if the chain shows that a signed transfer was taken; its line is settled then. False while that is unknown.
    /// </summary>
    public async Task<bool> IsUsedAsync(long line, CancellationToken cancel)
    {
        if (chain is not { Client: { } client, Escrow: { } escrow })
            return false;
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Spends.AsNoTracking().SingleAsync(s => s.Id == line, cancel);
        if (row.State == SpendStates.Settled)
            return true;
        try
        {
            if (await new SpendOutcome(client, escrow).OfAsync(row, cancel) is not { } outcome)
                return false;
            await ledger.EndAsync(row.Id, outcome.State, outcome.Took, outcome.Reason, cancel);
            return outcome.State == SpendStates.Settled;
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return false;
        }
    }

    /// <summary>Reads a channel from the chain and takes it over, if it did not change here meanwhile.</summary>
    public async Task SyncAsync(long id, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { } before)
            return;
        var channel = Hash256.FromBytes(before.ChannelId);
        var seen = await chain.ChannelAsync(channel, cancel);
        var (amount, startedAt) = await chain.WithdrawalAsync(channel, cancel);
        await ledger.ChangeAsync<Reservation>(
            async db =>
            {
                var row = await db.Channels.SingleAsync(c => c.Id == id, cancel);
                if (row.Version != before.Version)
                    return new Reservation(0, null);
                if (IsNews(row, seen))
                {
                    await ChannelBook.SyncAsync(
                        db, row, seen.Balance, seen.Claimed, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel);
                }

                Follow(row, seen, startedAt, isPending: startedAt != 0 && !amount.IsZero);
                return new Reservation(0, null);
            },
            cancel);
    }

    // A deposit that was taken and refunded before anybody looked leaves the balance as it was.
    private static bool IsNews(ChannelRow row, ChannelOnChain seen) =>
        ChannelBook.Value(row.Balance) != seen.Balance || ChannelBook.Value(row.Claimed) != seen.Claimed
        || ChannelBook.Value(row.Deposited) - ChannelBook.Value(row.Returned) != seen.Balance;

    // A withdrawal that somebody of the payer's side started counts as closing too: the receiver serves no more.
    private static void Follow(ChannelRow row, ChannelOnChain seen, ulong startedAt, bool isPending)
    {
        if (isPending)
        {
            row.State = ChannelStates.Closing;
            row.FinalizableAt = (long)startedAt + row.WithdrawDelay;
        }
        else if (row.State == ChannelStates.Closing)
        {
            row.State = seen.Balance <= seen.Claimed ? ChannelStates.Closed : ChannelStates.Open;
            row.CloseAsked = true;
            row.FinalizableAt = null;
        }
        else if (row.CloseAsked && row.State == ChannelStates.Open && seen.Balance <= seen.Claimed)
        {
            row.State = ChannelStates.Closed;
        }
    }

    private async Task<List<long>> BusyAsync(long after, bool isFull, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var channels = db.Channels.AsNoTracking().Where(c => c.Id > after && c.State != ChannelStates.Closed);
        if (!isFull)
        {
            channels = channels.Where(c => c.State == ChannelStates.Closing || c.CloseAsked
                || (c.Balance != c.Claimed && db.Budgets.Any(b => b.Id == c.BudgetId && b.RevokedAtMs != null))
                || db.Spends.Any(s => s.Channel == c.ChannelId && s.Deposit != null
                    && s.State == SpendStates.Signed));
        }

        return await channels.OrderBy(c => c.Id).Select(c => c.Id).Take(MostAtOnce).ToListAsync(cancel);
    }

    private async Task<List<SpendRow>> OpenDepositsAsync(long id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Spends.AsNoTracking()
            .Where(s => s.Deposit != null && s.State == SpendStates.Signed
                && db.Channels.Any(c => c.Id == id && c.ChannelId == s.Channel))
            .OrderBy(s => s.Id).Take(MostAtOnce).ToListAsync(cancel);
    }

    private async Task<ChannelRow?> FindAsync(long id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel);
    }
}
