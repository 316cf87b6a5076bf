using System.Buffers.Binary;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Budgets;

/// <summary>
/// What the budgets have paid into channels and promised out of them (specs/wallet.md, Payments). A deposit is what a
/// budget spends; a voucher draws on deposits and never promises more than they are.
/// </summary>
internal static class ChannelBook
{
    /// <summary>Tells a spend of a channel whom it pays and how much it adds to what was promised.</summary>
    public static async Task<Verdict<Spend>> NameAsync(
        WalletDbContext db, Budget budget, Spend spend, CancellationToken cancel)
    {
        if (spend.Channel is not { } id)
            return spend;
        if (await FindAsync(db, id, cancel) is not { } channel || channel.BudgetId != budget.Id
            || channel.State != ChannelStates.Open)
            return BudgetRefusals.Channel;
        var named = spend with { Payee = Address.FromBytes(channel.Receiver) };
        if (spend.Claimable is not { } claimable)
            return named;
        if (!UInt256.TryAdd(Value(channel.Deposited), spend.Deposit ?? default, out var paidIn)
            || !UInt256.TrySubtract(paidIn, Value(channel.Returned), out var held) || claimable > held)
            return BudgetRefusals.Channel;
        var raise = UInt256.TrySubtract(claimable, Value(channel.Promised), out var more) ? more : default;
        return named with { Raise = raise, Price = spend.Price ?? raise };
    }

    /// <summary>Counts a deposit and a voucher that are about to be signed.</summary>
    public static async Task CountAsync(WalletDbContext db, Spend spend, CancellationToken cancel)
    {
        if (spend.Channel is not { } id || await FindAsync(db, id, cancel) is not { } channel)
            return;
        if (spend.Deposit is { } deposit)
            channel.Deposited = Bytes(Value(channel.Deposited) + deposit);
        if (spend.Claimable is { } claimable && claimable > Value(channel.Promised))
            channel.Promised = Bytes(claimable);
        channel.Version++;
    }

    /// <summary>A deposit that never can be taken is not in its channel.</summary>
    public static async Task ReleaseAsync(WalletDbContext db, SpendRow row, CancellationToken cancel)
    {
        if (row.Channel is null || await FindAsync(db, Hash256.FromBytes(row.Channel), cancel) is not { } channel)
            return;
        if (row.Deposit is { } deposit)
            channel.Deposited = Bytes(Value(channel.Deposited) - Value(deposit));
        if (channel.PendingMark is { } mark && mark == MarkOf(row))
            channel.PendingMark = null;
        channel.Version++;
    }

    /// <summary>
    /// Takes over what the chain shows of a channel, and gives back to the budgets what it gave back to the account:
    /// the last deposit first, each to the period it was counted in.
    /// </summary>
    public static async Task SyncAsync(
        WalletDbContext db, ChannelRow channel, UInt256 balance, UInt256 claimed, long nowMs, CancellationToken cancel)
    {
        channel.Balance = Bytes(balance);
        if (claimed > Value(channel.Claimed))
            channel.Claimed = Bytes(claimed);
        channel.Version++;
        var deposits = await db.Spends
            .Where(s => s.Channel == channel.ChannelId && s.Deposit != null && s.State == SpendStates.Settled)
            .OrderByDescending(s => s.Id).ToListAsync(cancel);
        UInt256 paidIn = default;
        foreach (var row in deposits)
            paidIn += Value(row.Deposit!);

        // Deposits that the chain has and this wallet does not know yet make this too small, never too large.
        if (!UInt256.TrySubtract(paidIn, balance, out var returned)
            || !UInt256.TrySubtract(returned, Value(channel.Returned), out var back) || back.IsZero)
            return;
        channel.Returned = Bytes(returned);
        foreach (var row in deposits)
        {
            var part = UInt256.Min(back, Value(row.Amount));
            if (part.IsZero)
                continue;
            await GiveBackAsync(db, row, part, nowMs, cancel);
            back -= part;
        }
    }

    public static async Task<ChannelRow?> FindAsync(WalletDbContext db, Hash256 id, CancellationToken cancel)
    {
        var key = id.ToArray();
        return db.Channels.Local.FirstOrDefault(c => c.ChannelId.AsSpan().SequenceEqual(key))
            ?? await WalletQueries.ChannelById(db, key, cancel);
    }

    /// <summary>What a channel remembers of the line that it waits for: a number made of its key.</summary>
    public static long? MarkOf(SpendRow row) => row.Key is { } key
        ? BinaryPrimitives.ReadInt64BigEndian(Keccak256.Hash(Encoding.ASCII.GetBytes(key)).ToArray())
        : null;

    public static UInt256 Value(byte[] bytes) => UInt256.FromBigEndian(bytes);

    public static byte[] Bytes(UInt256 value)
    {
        var bytes = new byte[UInt256.Length];
        value.WriteBigEndian(bytes);
        return bytes;
    }

    private static async Task GiveBackAsync(
        WalletDbContext db, SpendRow row, UInt256 part, long nowMs, CancellationToken cancel)
    {
        var budget = await BudgetReader.ByIdAsync(db, row.BudgetId, cancel)
            ?? throw new InvalidOperationException($"Budget {row.BudgetId} is gone.");
        foreach (var each in budget.Line)
        {
            await SpendLedger.TakeAsync(
                db, each.Id, Buckets.Period(each.Limits.Period, row.ReservedAtMs), part, cancel);
        }

        row.Amount = Bytes(Value(row.Amount) - part);
        row.Returned = Bytes((row.Returned is { } before ? Value(before) : default) + part);
        row.ChangedAtMs = nowMs;
    }
}
