using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Budgets;

/// <summary>Makes, lists, tops up and revokes budgets, and reads their signing logs.</summary>
internal sealed class BudgetStore(
    IDbContextFactory<WalletDbContext> databases, BudgetCache cache, AuthorizerKeys authorizers,
    ChannelTroubles troubles,
    ReconcileSignal signal, WalletOptions options, TimeProvider time) : IDisposable
{
    private const int MostListed = 1_000;
    private readonly SemaphoreSlim gate = new(1, 1);

    public async Task<Verdict<CreatedBudget>> CreateAsync(
        Caller caller, CreateBudgetRequest request, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var parent = await ParentAsync(db, caller, request, cancel);
            if (parent.Refusal is { } refusal)
                return refusal;
            if (await ForbiddenAsync(db, parent.Value!.Budget, request, cancel) is { } forbidden)
                return forbidden;
            var (token, hash) = BearerToken.Create();
            var row = NewRow(parent.Value.Budget, request, hash);
            db.Budgets.Add(row);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            var made = await BudgetReader.ByIdAsync(db, row.Id, cancel);
            return new CreatedBudget(await DescribeAsync(db, made!, cancel), token);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The budgets a caller may see, in order of creation.</summary>
    public async Task<BudgetList> ListAsync(Caller caller, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var list = new List<BudgetInfo>();
        foreach (var id in await db.Budgets.OrderBy(b => b.Id).Select(b => b.Id).ToListAsync(cancel))
        {
            if (await BudgetReader.ByIdAsync(db, id, cancel) is { } budget && caller.Rules(budget))
                list.Add(await DescribeAsync(db, budget, cancel));
        }

        return new BudgetList(list);
    }

    public Task<Verdict<BudgetInfo>> ShowAsync(Caller caller, string id, CancellationToken cancel) =>
        WithAsync(caller, id, async (db, budget) => await DescribeAsync(db, budget, cancel), cancel);

    /// <summary>Adds to a budget's amount, within what its parent has left.</summary>
    public Task<Verdict<BudgetInfo>> TopUpAsync(Caller caller, string id, UInt256 amount, CancellationToken cancel) =>
        ChangeAsync(
            caller,
            id,
            async (db, budget) =>
            {
                // A budget cannot give itself more: its parent or the owner can.
                if (caller.Budget?.Id == budget.Id)
                    return BudgetRefusals.OwnerOnly;
                if (Ended(budget) is { } ended)
                    return ended;
                if (!UInt256.TryAdd(budget.Limits.Amount, amount, out var sum))
                    return Refusal.InvalidRequest("The amount does not fit 256 bits.");
                if (budget.Parent is { } parent
                    && await BudgetReader.LeftAsync(db, parent, Now(), cancel) is var left && sum > left)
                    return BudgetRefusals.BelowParent(left);
                var row = await db.Budgets.SingleAsync(b => b.Id == budget.Id, cancel);
                row.Amount = Bytes(sum);
                return await SavedAsync(db, budget.Id, cancel);
            },
            cancel);

    /// <summary>
    /// From now on nothing is signed for it or its descendants, and what they have outside is taken back on the chain.
    /// Revoking again changes nothing.
    /// </summary>
    public async Task<Verdict<BudgetInfo>> RevokeAsync(Caller caller, string id, CancellationToken cancel)
    {
        var verdict = await ChangeAsync(
            caller,
            id,
            async (db, budget) =>
            {
                var row = await db.Budgets.SingleAsync(b => b.Id == budget.Id, cancel);
                row.RevokedAtMs ??= Now();
                return await SavedAsync(db, budget.Id, cancel);
            },
            cancel);
        if (verdict.Value is not null)
            signal.Give();
        return verdict;
    }

    /// <summary>The log of a budget alone, oldest first.</summary>
    public Task<Verdict<SpendLog>> LogAsync(
        Caller caller, string id, long after, int most, CancellationToken cancel) => WithAsync(
            caller,
            id,
            async (db, budget) =>
            {
                var take = Math.Clamp(most, 1, MostListed);
                var rows = await db.Spends.AsNoTracking()
                    .Where(s => s.BudgetId == budget.Id && s.Id > after)
                    .OrderBy(s => s.Id).Take(take + 1).ToListAsync(cancel);
                var entries = rows.Take(take).Select(r => SpendShapes.Entry(r, budget.PublicId)).ToList();
                return new SpendLog(entries, rows.Count > take ? entries[^1].Id : null);
            },
            cancel);

    /// <summary>What was signed for it and its descendants and may still take money on the chain.</summary>
    public Task<Verdict<BudgetExposure>> ExposureAsync(Caller caller, string id, CancellationToken cancel) =>
        WithAsync(
            caller,
            id,
            async (db, budget) =>
            {
                var open = new List<SpendEntry>();
                var rows = await db.Spends.AsNoTracking()
                    .Where(s => s.State == SpendStates.Signed || s.State == SpendStates.Reserved)
                    .OrderBy(s => s.Id).ToListAsync(cancel);
                UInt256 sum = default;
                foreach (var row in rows)
                {
                    if (await BudgetReader.ByIdAsync(db, row.BudgetId, cancel) is not { } spender
                        || !spender.Line.Any(b => b.Id == budget.Id))
                        continue;
                    var entry = SpendShapes.Entry(row, spender.PublicId);
                    sum += entry.Amount;
                    open.Add(entry);
                }

                var channels = await ChannelShapes.ListAsync(
                    db, b => b.Line.Any(l => l.Id == budget.Id), troubles, MostListed, cancel);
                foreach (var channel in channels)
                    sum += channel.AtRisk;
                return new BudgetExposure(
                    await DescribeAsync(db, budget, cancel), open, sum, channels.Count == 0 ? null : channels);
            },
            cancel);

    /// <summary>Whether a payment would be signed now.</summary>
    public Task<Verdict<SimulatedSpend>> SimulateAsync(
        Caller caller, string id, SimulateRequest request, SpendLedger ledger, CancellationToken cancel) =>
        WithAsync(
            caller,
            id,
            async (db, budget) =>
            {
                var spend = new Spend("transfer", request.Amount)
                {
                    Payee = request.Payee,
                    JobId = request.Purpose?.JobId,
                    Class = request.Purpose?.Class,
                };
                var refusal = await ledger.TryAsync(budget, spend, cancel);
                return new SimulatedSpend(
                    refusal is null,
                    SpendRules.NeedsApproval(budget, spend),
                    await BudgetReader.LeftAsync(db, budget, Now(), cancel),
                    refusal?.Code,
                    refusal?.Detail);
            },
            cancel);

    /// <summary>Requests that wait for the owner.</summary>
    public async Task<SpendLog> WaitingAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var from = Now() - (long)options.ApprovalTime.TotalMilliseconds;
        var rows = await db.Spends.AsNoTracking()
            .Where(s => s.State == SpendStates.Waiting && s.CreatedAtMs > from)
            .OrderBy(s => s.Id).Take(MostListed)
            .Join(db.Budgets, s => s.BudgetId, b => b.Id, (s, b) => new { Spend = s, b.PublicId })
            .ToListAsync(cancel);
        return new SpendLog([.. rows.Select(r => SpendShapes.Entry(r.Spend, r.PublicId) with
        {
            OpenUntil = DateTimeOffset.FromUnixTimeMilliseconds(r.Spend.CreatedAtMs) + options.ApprovalTime,
        })]);
    }

    public void Dispose() => gate.Dispose();

    private static async Task<Verdict<ParentOf>> ParentAsync(
        WalletDbContext db, Caller caller, CreateBudgetRequest request, CancellationToken cancel)
    {
        if (request.Parent is null)
            return caller.IsOwner ? new ParentOf(null) : new ParentOf(caller.Budget);
        return await BudgetReader.ByPublicIdAsync(db, request.Parent, cancel) is { } parent && caller.Rules(parent)
            ? new ParentOf(parent)
            : BudgetRefusals.NotFound;
    }

    private async Task<Refusal?> ForbiddenAsync(
        WalletDbContext db, Budget? parent, CreateBudgetRequest request, CancellationToken cancel)
    {
        if (LimitsCheck.Fault(request, parent) is { } fault)
            return Refusal.InvalidRequest(fault);
        if (await db.Budgets.CountAsync(cancel) >= options.MaxBudgets)
            return new Refusal("wallet_full", 409, $"The wallet holds its limit of {options.MaxBudgets} budgets.");
        if (await db.Budgets.AnyAsync(b => b.Label == request.Label, cancel))
            return Refusal.Conflict($"There is a budget {request.Label}.");
        if (parent is null)
        {
            var account = request.Account!.Value.ToArray();
            return await db.Accounts.AnyAsync(a => a.Address == account, cancel)
                ? null
                : Refusal.AccountNotFound(request.Account.Value.ToString());
        }

        if (Ended(parent) is { } ended)
            return ended;
        var left = await BudgetReader.LeftAsync(db, parent, Now(), cancel);
        return request.Limits.Amount > left ? BudgetRefusals.BelowParent(left) : null;
    }

    // What has ended has nothing left: nothing is made of it, and nothing added to it.
    private Refusal? Ended(Budget budget) => budget.StateAt(Now()) switch
    {
        "revoked" => BudgetRefusals.Revoked(budget),
        "expired" => BudgetRefusals.Expired(budget),
        _ => null,
    };

    private BudgetRow NewRow(Budget? parent, CreateBudgetRequest request, byte[] tokenHash) => new()
    {
        PublicId = RandomNumberGenerator.GetHexString(16, lowercase: true),
        ParentId = parent?.Id,
        Label = request.Label,
        Account = (parent?.Account ?? request.Account!.Value).ToArray(),
        Limits = JsonSerializer.Serialize(request.Limits, WalletJson.Default.BudgetLimits),
        Amount = Bytes(request.Limits.Amount),
        TokenHash = tokenHash,
        CreatedAtMs = Now(),
    };

    private async Task<BudgetInfo> DescribeAsync(WalletDbContext db, Budget budget, CancellationToken cancel)
    {
        var now = Now();
        var bucket = Buckets.Period(budget.Limits.Period, now);
        var state = budget.StateAt(now);
        return new BudgetInfo(
            budget.PublicId,
            budget.Label,
            budget.Account,
            authorizers.AddressOf(budget.Id),
            budget.Limits,
            await BudgetReader.SumAsync(db, budget.Id, bucket, cancel),
            state == "active" ? await BudgetReader.LeftAsync(db, budget, now, cancel) : default,
            state,
            DateTimeOffset.FromUnixTimeMilliseconds(budget.CreatedAtMs),
            budget.Parent?.PublicId,
            budget.RevokedAtMs is { } revoked ? DateTimeOffset.FromUnixTimeMilliseconds(revoked) : null);
    }

    private async Task<Verdict<BudgetInfo>> SavedAsync(WalletDbContext db, long id, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        await db.Database.CommitTransactionAsync(cancel);
        return await DescribeAsync(db, (await BudgetReader.ByIdAsync(db, id, cancel))!, cancel);
    }

    private Task<Verdict<T>> WithAsync<T>(
        Caller caller, string id, Func<WalletDbContext, Budget, Task<T>> read, CancellationToken cancel)
        where T : class => FindAsync<T>(caller, id, async (db, b) => await read(db, b), isChange: false, cancel);

    private async Task<Verdict<T>> ChangeAsync<T>(
        Caller caller, string id, Func<WalletDbContext, Budget, Task<Verdict<T>>> change, CancellationToken cancel)
        where T : class
    {
        await gate.WaitAsync(cancel);
        using var changing = cache.Change();
        try
        {
            return await FindAsync(caller, id, change, isChange: true, cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Verdict<T>> FindAsync<T>(
        Caller caller, string id, Func<WalletDbContext, Budget, Task<Verdict<T>>> use, bool isChange,
        CancellationToken cancel)
        where T : class
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (isChange)
            await db.Database.BeginTransactionAsync(cancel);
        return await BudgetReader.ByPublicIdAsync(db, id, cancel) is { } budget && caller.Rules(budget)
            ? await use(db, budget)
            : BudgetRefusals.NotFound;
    }

    private static byte[] Bytes(UInt256 value)
    {
        var bytes = new byte[UInt256.Length];
        value.WriteBigEndian(bytes);
        return bytes;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record ParentOf(Budget? Budget);
}
