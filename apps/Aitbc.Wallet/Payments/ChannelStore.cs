using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Payments;

/// <summary>Lists the channels that a caller may see, and has one closed.</summary>
internal sealed class ChannelStore(
    IDbContextFactory<WalletDbContext> databases, SpendLedger ledger, ChannelTroubles troubles, ReconcileSignal signal)
{
    private const int MostListed = 1_000;

    public async Task<ChannelList> ListAsync(Caller caller, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return new ChannelList(await ChannelShapes.ListAsync(db, caller.Rules, troubles, MostListed, cancel));
    }

    public async Task<Verdict<ChannelInfo>> CloseAsync(Caller caller, Hash256 id, CancellationToken cancel)
    {
        var verdict = await ledger.ChangeAsync<ChannelInfo>(
            async db =>
            {
                if (await ChannelBook.FindAsync(db, id, cancel) is not { } row
                    || await BudgetReader.ByIdAsync(db, row.BudgetId, cancel) is not { } budget
                    || !caller.Rules(budget))
                    return PayRefusals.ChannelNotFound;
                row.CloseAsked = true;
                row.Version++;
                return ChannelShapes.Info(row, budget.PublicId, troubles);
            },
            cancel);
        if (verdict.Value is not null)
            signal.Give();
        return verdict;
    }
}
