using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Budgets;

/// <summary>Channels as they are answered.</summary>
internal static class ChannelShapes
{
    /// <summary>The channels of the budgets that pass, oldest first.</summary>
    public static async Task<IReadOnlyList<ChannelInfo>> ListAsync(
        WalletDbContext db, Func<Budget, bool> isSeen, ChannelTroubles troubles, int most, CancellationToken cancel)
    {
        var list = new List<ChannelInfo>();
        await foreach (var row in db.Channels.AsNoTracking().OrderBy(c => c.Id).AsAsyncEnumerable()
            .WithCancellation(cancel))
        {
            if (list.Count == most)
                break;
            if (await BudgetReader.ByIdAsync(db, row.BudgetId, cancel) is { } budget && isSeen(budget))
                list.Add(Info(row, budget.PublicId, troubles));
        }

        return list;
    }

    public static ChannelInfo Info(ChannelRow row, string budget, ChannelTroubles troubles)
    {
        var id = Hash256.FromBytes(row.ChannelId);
        return new ChannelInfo(
            id,
            budget,
            Address.FromBytes(row.Receiver),
            ChannelBook.Value(row.Deposited),
            ChannelBook.Value(row.Balance),
            ChannelBook.Value(row.Promised),
            ChannelBook.Value(row.Charged),
            ChannelBook.Value(row.Claimed),
            ChannelBook.Value(row.Returned),
            ChannelMath.AtRisk(row),
            row.State,
            row.FinalizableAt is { } end ? DateTimeOffset.FromUnixTimeSeconds(end) : null,
            troubles.Of(id));
    }
}
