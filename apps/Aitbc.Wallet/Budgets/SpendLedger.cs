using Aitbc.Primitives;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Budgets;

/// <summary>A place in the signing log that is counted already: sign and commit, or release.</summary>
/// <param name="Spend">Id of the line.</param>
/// <param name="Answer">What the same request was answered before; then nothing is signed again.</param>
internal sealed record Reservation(long Spend, byte[]? Answer);

/// <summary>
/// Counts before it signs (specs/wallet.md, Budgets). Every change is one immediate transaction of SQLite, so that of
/// any number of racing callers each sees what the others have taken.
/// </summary>
internal sealed class SpendLedger(
    OpenContexts databases, BudgetCache budgets, LogSeal seals, WalletOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>
    /// Takes the amount out of the budget and all its ancestors, or says which of them refuses. The same key with the
    /// same request gives the same line.
    /// </summary>
    public Task<Verdict<Reservation>> ReserveAsync(
        long budgetId, Spend spend, SpendRequest request, CancellationToken cancel) =>
        ChangeAsync(db => ReserveOnceAsync(db, budgetId, spend, request, cancel), cancel);

    /// <summary>Why a spend would be refused now; null = it would not be. Counts nothing.</summary>
    public async Task<Refusal?> TryAsync(Budget budget, Spend spend, CancellationToken cancel)
    {
        var now = Now();
        return SpendRules.Check(budget, spend, now) ?? await databases.UseAsync(
            db => TotalsAllowAsync(db, budget, spend, now, cancel), cancel);
    }

    /// <summary>Stores what will be answered. After this the signature may leave the daemon.</summary>
    public Task<Verdict<Reservation>> CommitAsync(
        long spend, byte[] answer, Hash256? transaction, CancellationToken cancel) => ChangeAsync<Reservation>(
            async db =>
            {
                var row = await db.Spends.SingleAsync(s => s.Id == spend, cancel);
                if (row.State != SpendStates.Reserved)
                    throw new InvalidOperationException($"Spend {spend} is {row.State} and cannot be signed.");
                row.State = SpendStates.Signed;
                row.Answer = answer;
                row.TransactionHash = transaction?.ToArray();
                row.ChangedAtMs = Now();
                await seals.AddAsync(db, row, cancel);
                return new Reservation(spend, answer);
            },
            cancel);

    /// <summary>Ends a line: what it counts becomes what it took. Nothing for what never can take anything.</summary>
    public Task<Verdict<Reservation>> EndAsync(
        long spend, string state, UInt256 took, string reason, CancellationToken cancel) => ChangeAsync<Reservation>(
            async db =>
            {
                var row = await db.Spends.SingleAsync(s => s.Id == spend, cancel);
                if (row.State is SpendStates.Reserved or SpendStates.Signed)
                    await EndAsync(db, row, state, took, reason, cancel);
                return new Reservation(spend, row.Answer);
            },
            cancel);

    /// <summary>
    /// At the start: a line without an answer was never signed, or its signature never left; it counts nothing more.
    /// </summary>
    public Task<Verdict<Reservation>> ReleaseUnsignedAsync(CancellationToken cancel) => ChangeAsync<Reservation>(
        async db =>
        {
            var stranded = await db.Spends
                .Where(s => s.State == SpendStates.Reserved).OrderBy(s => s.Id).ToListAsync(cancel);
            foreach (var row in stranded)
                await EndAsync(db, row, SpendStates.Released, default, "the daemon stopped before it signed", cancel);
            return new Reservation(0, null);
        },
        cancel);

    /// <summary>The owner's word on a line that waits.</summary>
    public Task<Verdict<Reservation>> DecideAsync(
        long spend, bool approve, CancellationToken cancel) => ChangeAsync<Reservation>(
        async db =>
        {
            var row = await db.Spends.SingleOrDefaultAsync(s => s.Id == spend, cancel);
            if (row is null)
                return BudgetRefusals.NotFound;
            if (row.State != SpendStates.Waiting || IsOver(row))
                return Refusal.Conflict($"The request {spend} is not open: it is {row.State}.");
            row.State = approve ? SpendStates.Approved : SpendStates.Refused;
            row.Reason = approve ? null : "refused by the owner";
            row.ChangedAtMs = Now();
            return new Reservation(spend, null);
        },
        cancel);

    public void Dispose() => gate.Dispose();

    /// <summary>
    /// Reserves within a change that is under way. With sign it signs at once: the line has its answer when it is
    /// stored.
    /// </summary>
    public async Task<Verdict<Reservation>> ReserveOnceAsync(
        WalletDbContext db, long budgetId, Spend read, SpendRequest request, CancellationToken cancel,
        Func<SpendRow, Task<Refusal?>>? sign = null)
    {
        var now = Now();
        var budget = await budgets.ByIdAsync(db, budgetId, cancel)
            ?? throw new InvalidOperationException($"Budget {budgetId} is gone.");
        var earlier = request.Key is null || request.IsNew
            ? null
            : await EarlierAsync(db, budgetId, request.Key, cancel);
        if (earlier is not null && Earlier(earlier, request) is { } known)
            return known;
        var named = await ChannelBook.NameAsync(db, budget, read, cancel);
        if (named.Value is not { } spend)
            return named.Refusal!;
        if (SpendRules.Check(budget, spend, now) is { } forbidden)
            return forbidden;
        if (earlier is not null && !IsApproved(earlier, spend))
            return BudgetRefusals.OtherThanApproved;
        if (earlier is null && SpendRules.NeedsApproval(budget, spend))
            return await AskAsync(db, budgetId, spend, request, now, cancel);
        if (await TotalsAllowAsync(db, budget, spend, now, cancel) is { } refusal)
            return refusal;
        foreach (var each in budget.Line)
            await CountAsync(db, each, spend, now, cancel);
        await ChannelBook.CountAsync(db, spend, cancel);
        var row = earlier ?? NewRow(budgetId, spend, request, SpendStates.Reserved, now);
        row.State = SpendStates.Reserved;
        Fill(row, spend);
        row.ReservedAtMs = now;
        row.ChangedAtMs = now;
        if (sign is not null)
        {
            if (await sign(row) is { } unsigned)
                return unsigned;
            await seals.AddAsync(db, row, cancel);
        }

        if (earlier is null)
            db.Spends.Add(row);
        await db.SaveChangesAsync(cancel);
        return new Reservation(row.Id, null);
    }

    /// <summary>The line of a key.</summary>
    public static Task<SpendRow?> EarlierAsync(
        WalletDbContext db, long budget, string key, CancellationToken cancel) =>
        WalletQueries.SpendByKey(db, budget, key, cancel);

    /// <summary>
    /// What the same key was answered before; null = an approved request that is asked for again.
    /// </summary>
    public Verdict<Reservation>? Earlier(SpendRow row, SpendRequest request)
    {
        if (!row.RequestHash.AsSpan().SequenceEqual(request.Hash.ToArray()))
            return BudgetRefusals.KeyUsed;
        return row.State switch
        {
            SpendStates.Approved => null,
            SpendStates.Reserved => BudgetRefusals.InProgress,
            SpendStates.Waiting when IsOver(row) => BudgetRefusals.ApprovalRefused("it was not answered in time"),
            SpendStates.Waiting => BudgetRefusals.ApprovalNeeded(row.Id, ApprovalEnd(row)),
            SpendStates.Refused => BudgetRefusals.ApprovalRefused(row.Reason),
            _ when row.Answer is { } answer => new Reservation(row.Id, answer),
            _ => Refusal.Conflict($"The request of this key was released: {row.Reason}. Use another key."),
        };
    }

    /// <summary>What a key was answered before; null = it is new, or approved and to be signed now.</summary>
    public async Task<Verdict<Reservation>?> KnownAsync(
        long budget, SpendRequest request, CancellationToken cancel)
    {
        var known = await databases.UseAsync(db => EarlierAsync(db, budget, request.Key!, cancel), cancel);
        return known is { } row ? Earlier(row, request) : null;
    }

    private static async Task<Refusal?> TotalsAllowAsync(
        WalletDbContext db, Budget budget, Spend spend, long now, CancellationToken cancel)
    {
        foreach (var each in budget.Line)
        {
            var limits = each.Limits;
            var spent = await BudgetReader.SumAsync(db, each.Id, Buckets.Period(limits.Period, now), cancel);
            if (!Fits(spent, spend.Amount, limits.Amount, out var left))
            {
                return BudgetRefusals.Exceeded(
                    each, spend.Amount, left, Buckets.WindowEnd(limits.Period, now));
            }

            if (limits.PerJob is { } perJob && spend.JobId is { } job)
            {
                var onJob = await BudgetReader.SumAsync(db, each.Id, Buckets.Job(job), cancel);
                if (!Fits(onJob, spend.OnJob, perJob, out _))
                    return BudgetRefusals.PerJob(each, perJob);
            }

            if (limits.RatePerMinute is { } rate
                && await BudgetReader.SumAsync(db, each.Id, Buckets.Rate(now), cancel) >= (UInt256)(ulong)rate)
            {
                return BudgetRefusals.Rate(each, rate);
            }
        }

        return null;
    }

    private static async Task CountAsync(
        WalletDbContext db, Budget budget, Spend spend, long now, CancellationToken cancel)
    {
        await AddAsync(db, budget.Id, Buckets.Period(budget.Limits.Period, now), spend.Amount, cancel);
        if (spend.JobId is { } job)
            await AddAsync(db, budget.Id, Buckets.Job(job), spend.OnJob, cancel);
        if (budget.Limits.RatePerMinute is not null)
            await AddAsync(db, budget.Id, Buckets.Rate(now), UInt256.One, cancel);
    }

    private async Task<Verdict<Reservation>> AskAsync(
        WalletDbContext db, long budgetId, Spend spend, SpendRequest request, long now, CancellationToken cancel)
    {
        if (request.Key is null)
            return BudgetRefusals.ApprovalNeedsKey;
        var row = NewRow(budgetId, spend, request, SpendStates.Waiting, now);
        db.Spends.Add(row);
        await db.SaveChangesAsync(cancel);
        await db.Database.CommitTransactionAsync(cancel);
        return BudgetRefusals.ApprovalNeeded(row.Id, ApprovalEnd(row));
    }

    // The line's own amount was counted in the period of its reservation, so that is where it is taken back.
    private async Task EndAsync(
        WalletDbContext db, SpendRow row, string state, UInt256 took, string reason, CancellationToken cancel)
    {
        var counted = UInt256.FromBigEndian(row.Amount);
        if (!UInt256.TrySubtract(counted, took, out var back))
            throw new InvalidOperationException($"Spend {row.Id} took {took}, more than the {counted} it counted.");
        var budget = await budgets.ByIdAsync(db, row.BudgetId, cancel)
            ?? throw new InvalidOperationException($"Budget {row.BudgetId} is gone.");
        foreach (var each in budget.Line)
        {
            await TakeAsync(db, each.Id, Buckets.Period(each.Limits.Period, row.ReservedAtMs), back, cancel);
            // What a voucher promised stays promised, so it stays counted for its job.
            if (row.JobId is { } job && row.Channel is null)
                await TakeAsync(db, each.Id, Buckets.Job(Hash256.FromBytes(job)), back, cancel);
        }

        if (state == SpendStates.Released)
            await ChannelBook.ReleaseAsync(db, row, cancel);

        row.Amount = Bytes(took);
        row.State = state;
        row.Reason = reason;
        row.ChangedAtMs = Now();
    }

    /// <summary>Runs a change as one immediate transaction; a refusal undoes it.</summary>
    public async Task<Verdict<T>> ChangeAsync<T>(
        Func<WalletDbContext, Task<Verdict<T>>> change, CancellationToken cancel)
        where T : class
    {
        await gate.WaitAsync(cancel);
        try
        {
            return await databases.UseAsync(db => ChangeOnceAsync(db, change, cancel), cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task<Verdict<T>> ChangeOnceAsync<T>(
        WalletDbContext db, Func<WalletDbContext, Task<Verdict<T>>> change, CancellationToken cancel)
        where T : class
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var verdict = await change(db);
        if (verdict.Refusal is not null)
            return verdict;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return verdict;
    }

    private static SpendRow NewRow(long budgetId, Spend spend, SpendRequest request, string state, long now) => new()
    {
        BudgetId = budgetId,
        Key = request.Key,
        RequestHash = request.Hash.ToArray(),
        Kind = spend.Kind,
        State = state,
        Amount = Bytes(spend.Amount),
        Payee = spend.Payee?.ToArray(),
        Contract = spend.Contract?.ToArray(),
        JobId = spend.JobId?.ToArray(),
        Class = spend.Class,
        Channel = spend.Channel?.ToArray(),
        Signer = request.Signer.ToArray(),
        Payload = request.Payload,
        Nonce = spend.Nonce is { } nonce ? checked((long)nonce) : null,
        CreatedAtMs = now,
        ReservedAtMs = now,
        ChangedAtMs = now,
    };

    // A payment that is asked for again after its approval is planned anew, and may take another way.
    private static void Fill(SpendRow row, Spend spend)
    {
        row.Kind = spend.Kind;
        row.Contract = spend.Contract?.ToArray();
        row.Channel = spend.Channel?.ToArray();
        row.Amount = Bytes(spend.Amount);
        row.OnJob = spend.JobId is null ? null : Bytes(spend.OnJob);
        row.Deposit = spend.Deposit is { } deposit ? Bytes(deposit) : null;
        row.Claimable = spend.Claimable is { } claimable ? Bytes(claimable) : null;
        row.Price = spend.Price is { } price ? Bytes(price) : null;
        row.AuthorizationNonce = spend.AuthorizationNonce?.ToArray();
        row.ValidBefore = spend.ValidBefore is { } end ? (long)Math.Min(end, long.MaxValue) : null;
    }

    private static async Task AddAsync(
        WalletDbContext db, long budget, string bucket, UInt256 amount, CancellationToken cancel)
    {
        var row = await db.Totals.FindAsync([budget, bucket], cancel);
        if (row is null)
            db.Totals.Add(new TotalRow { BudgetId = budget, Bucket = bucket, Sum = Bytes(amount) });
        else
            row.Sum = Bytes(UInt256.FromBigEndian(row.Sum) + amount);
    }

    /// <summary>Takes from a total of a budget.</summary>
    public static async Task TakeAsync(
        WalletDbContext db, long budget, string bucket, UInt256 amount, CancellationToken cancel)
    {
        if (amount.IsZero)
            return;
        var row = await db.Totals.FindAsync([budget, bucket], cancel)
            ?? throw new InvalidOperationException($"The total {bucket} of budget {budget} is missing.");
        row.Sum = Bytes(UInt256.FromBigEndian(row.Sum) - amount);
    }

    private static bool Fits(UInt256 spent, UInt256 amount, UInt256 limit, out UInt256 left)
    {
        left = UInt256.TrySubtract(limit, spent, out var rest) ? rest : default;
        return amount <= left;
    }

    // What is asked for again after an approval is what was approved, or less.
    private static bool IsApproved(SpendRow row, Spend spend) =>
        spend.Amount <= UInt256.FromBigEndian(row.Amount)
        && (row.Payee is null ? spend.Payee is null : spend.Payee == Address.FromBytes(row.Payee));

    private bool IsOver(SpendRow row) => Now() >= ApprovalEnd(row);

    private long ApprovalEnd(SpendRow row) => row.CreatedAtMs + (long)options.ApprovalTime.TotalMilliseconds;

    private static byte[] Bytes(UInt256 value)
    {
        var bytes = new byte[UInt256.Length];
        value.WriteBigEndian(bytes);
        return bytes;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>Who asks for a signature, under which key, and for exactly what.</summary>
/// <param name="Signer">The account or authorizer that signs.</param>
/// <param name="Hash">Keccak-256 of everything that is asked for.</param>
/// <param name="Key">The caller's idempotency key.</param>
internal sealed record SpendRequest(Address Signer, Hash256 Hash, string? Key)
{
    /// <summary>What is signed, where the answer does not say it.</summary>
    public byte[]? Payload { get; init; }

    /// <summary>True if it was looked up, in the same transaction, that no line has the key.</summary>
    public bool IsNew { get; init; }
}
