using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Allowance;

/// <summary>
/// Counts what is given for nothing. Tokens are taken when an answer is charged, under one lock: however many answers
/// of a payer end at once, none takes what another has. What was taken is in the record of the charge.
/// </summary>
internal sealed class FreeAllowance
{
    private readonly Lock gate = new();
    private readonly FreeAllowanceLimits? limits;
    private readonly TimeProvider time;
    private readonly Dictionary<Address, ulong> used = [];
    private DateOnly day;
    private ulong total;

    public FreeAllowance(ProviderOptions options, PaymentJournal journal, TimeProvider time)
    {
        (limits, this.time) = (options.FreeAllowance, time);
        foreach (var (payer, (of, tokens)) in journal.Free)
        {
            Roll(of);
            if (of == day)
                Note(payer, tokens);
        }
    }

    /// <summary>What is given; null = nothing.</summary>
    public FreeAllowanceLimits? Limits => limits;

    /// <summary>Tokens given on this day, to all.</summary>
    public ulong GivenToday
    {
        get
        {
            lock (gate)
            {
                Roll(Today());
                return total;
            }
        }
    }

    /// <summary>Tokens of this day that are left for a payer on a channel.</summary>
    public ulong LeftOn(Address payer, ChannelHolding view)
    {
        if (!IsHeld(view))
            return 0;
        lock (gate)
        {
            Roll(Today());
            return Left(payer);
        }
    }

    /// <summary>Takes what is left of so many tokens; null if that is nothing.</summary>
    /// <param name="payer">Who pays.</param>
    /// <param name="view">The channel that pays, as it was last seen.</param>
    /// <param name="tokens">Tokens that were counted.</param>
    public FreeUse? Take(Address payer, ChannelHolding view, ulong tokens)
    {
        if (!IsHeld(view))
            return null;
        lock (gate)
        {
            Roll(Today());
            var taken = Math.Min(tokens, Left(payer));
            if (taken == 0)
                return null;
            Note(payer, used.GetValueOrDefault(payer) + taken);
            return new FreeUse(day, taken, used[payer]);
        }
    }

    // Who is about to take the deposit back has none.
    private bool IsHeld(ChannelHolding view) =>
        limits is not null && view.WithdrawingSince == 0 && view.Balance >= limits.MinDeposit;

    private ulong Left(Address payer) => limits is null ? 0 : Math.Min(
        Rest(limits.TokensPerClient, used.GetValueOrDefault(payer)), Rest(limits.TokensPerDay, total));

    // The owner may have lowered a limit since.
    private static ulong Rest(ulong limit, ulong gone) => limit > gone ? limit - gone : 0;

    private void Note(Address payer, ulong tokens)
    {
        total += tokens - used.GetValueOrDefault(payer);
        used[payer] = tokens;
    }

    // A clock that was put back begins no day anew.
    private void Roll(DateOnly to)
    {
        if (to <= day)
            return;
        used.Clear();
        (day, total) = (to, 0);
    }

    private DateOnly Today() => EarningLine.DayOf(time.GetUtcNow());
}
