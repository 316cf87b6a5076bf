using System.Collections.Concurrent;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Auditing;

/// <summary>Whether the chain shows of ended lines and of channels what the log says.</summary>
internal sealed class ChainCheck(
    IDbContextFactory<WalletDbContext> databases, WalletChain chain, ChannelWatch channels)
{
    private const int AtOnce = 8;
    private const int Looks = 3;

    /// <summary>Differences; null if there is no node, or it does not answer.</summary>
    public async Task<IReadOnlyCollection<AuditDifference>?> RunAsync(
        IReadOnlyList<EndedLine> ended, CancellationToken cancel)
    {
        if (chain is not { Client: { } client, Escrow: { } escrow })
            return null;
        var found = new ConcurrentQueue<AuditDifference>();
        var outcomes = new SpendOutcome(client, escrow);
        try
        {
            await Parallel.ForEachAsync(
                ended,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
                async (line, stop) =>
                {
                    if (Fault(line.Row, await outcomes.OfAsync(line.Row, line.Worst, stop)) is { } fault)
                        found.Enqueue(new AuditDifference(fault, line.Row.Id));
                });
            foreach (var id in await ChannelIdsAsync(cancel))
            {
                if (await ChannelFaultAsync(id, cancel) is { } fault)
                    found.Enqueue(fault);
            }

            return [.. found.OrderBy(d => d.Line ?? long.MaxValue)];
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return null;
        }
    }

    /// <summary>True for lines that the chain has the last word on.</summary>
    public static bool HasWord(SpendRow row) => row.State is SpendStates.Settled or SpendStates.Released
        && row.Answer is not null && (row.TransactionHash is not null || row.AuthorizationNonce is not null);

    private static string? Fault(SpendRow row, Outcome? seen)
    {
        if (seen is null)
            return $"it is {row.State}, and the chain does not show that it has ended";
        var counted = UInt256.FromBigEndian(row.Amount)
            + (row.Returned is { } back ? UInt256.FromBigEndian(back) : default);
        return seen.State == row.State && seen.Took == counted
            ? null
            : $"it is {row.State} and took {counted}; the chain shows {seen.State} and {seen.Took} ({seen.Reason})";
    }

    private async Task<List<long>> ChannelIdsAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Channels.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync(cancel);
    }

    // Payments go on meanwhile: what seems wrong is looked at again before it is said.
    private async Task<AuditDifference?> ChannelFaultAsync(long id, CancellationToken cancel)
    {
        string? fault = null;
        Hash256 name = default;
        for (var i = 0; i < Looks; i++)
        {
            await channels.LookAsync(id, cancel);
            await using var db = await databases.CreateDbContextAsync(cancel);
            var row = await db.Channels.AsNoTracking().SingleAsync(c => c.Id == id, cancel);
            name = Hash256.FromBytes(row.ChannelId);
            var seen = await chain.ChannelAsync(name, cancel);
            var isOpen = await db.Spends.AnyAsync(
                s => s.Channel == row.ChannelId && s.Deposit != null && s.State == SpendStates.Signed, cancel);
            fault = ChannelFault(row, seen, isOpen);
            if (fault is null)
                return null;
        }

        return new AuditDifference($"channel {name}: {fault}");
    }

    private static string? ChannelFault(ChannelRow row, ChannelOnChain seen, bool hasOpenDeposit)
    {
        var promised = ChannelBook.Value(row.Promised);
        if (seen.Claimed > promised)
            return $"the chain shows {seen.Claimed} claimed, and {promised} were promised";
        var paidIn = ChannelBook.Value(row.Deposited) - ChannelBook.Value(row.Returned);
        return !hasOpenDeposit && paidIn != seen.Balance
            ? $"the chain holds {seen.Balance}, and what was paid in and did not come back is {paidIn}"
            : null;
    }
}

/// <summary>A line whose end the chain can tell.</summary>
/// <param name="Row">As the log has it.</param>
/// <param name="Worst">The most that what was signed could take.</param>
internal sealed record EndedLine(SpendRow Row, UInt256 Worst);
