using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Payments;

/// <summary>Which budget pays: the token's own, or one that the caller rules and names.</summary>
internal sealed class PayBudget(IDbContextFactory<WalletDbContext> databases)
{
    public async Task<Verdict<Budget>> OfAsync(Caller caller, string? named, CancellationToken cancel)
    {
        if (named is null)
            return caller.Budget is { } own ? own : PayRefusals.BudgetMissing;
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await BudgetReader.ByPublicIdAsync(db, named, cancel) is { } budget && caller.Rules(budget)
            ? budget
            : BudgetRefusals.NotFound;
    }
}
