using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Budgets;

/// <summary>
/// Budgets as the database holds them, kept in memory: every signature asks for its budget twice. While a budget
/// changes nothing is answered from here, and after it everything is read anew, so that no answer differs from the
/// database's. Totals are not kept: what was spent is read where it is counted.
/// </summary>
internal sealed class BudgetCache(OpenContexts databases)
{
    /// <summary>Budgets that are kept; with one more all are read anew.</summary>
    public const int Most = 4_096;

    private readonly Lock gate = new();
    private readonly Dictionary<long, Budget> byId = [];
    private readonly Dictionary<Hash256, Budget> byToken = [];
    private int changing;
    private long version;

    /// <summary>Answers that are in memory now: budgets by number and by token.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return byId.Count + byToken.Count;
        }
    }

    /// <summary>Held from before a change of a budget until it is committed or given up.</summary>
    public IDisposable Change() => new Changing(this);

    /// <param name="tokenHash">SHA-256 of the token.</param>
    /// <param name="cancel">Ends the reading.</param>
    public async Task<Budget?> ByTokenAsync(byte[] tokenHash, CancellationToken cancel)
    {
        var key = Hash256.FromBytes(tokenHash);
        if (TryFind(byToken, key, out var known, out var seen))
            return known;
        var read = await databases.UseAsync(db => BudgetReader.ByTokenAsync(db, tokenHash, cancel), cancel);
        if (read is not null)
            Keep(byToken, key, read, seen);
        return read;
    }

    /// <summary>Within a change of the ledger: no budget is committed before that is.</summary>
    public async Task<Budget?> ByIdAsync(WalletDbContext db, long id, CancellationToken cancel)
    {
        if (TryFind(byId, id, out var known, out var seen))
            return known;
        var read = await BudgetReader.ByIdAsync(db, id, cancel);
        if (read is not null)
            Keep(byId, id, read, seen);
        return read;
    }

    private bool TryFind<TKey>(
        Dictionary<TKey, Budget> kept, TKey key, [NotNullWhen(true)] out Budget? known, out long seen)
        where TKey : notnull
    {
        lock (gate)
        {
            seen = version;
            return kept.TryGetValue(key, out known);
        }
    }

    // What was read before or during a change may be what was before it.
    private void Keep<TKey>(Dictionary<TKey, Budget> kept, TKey key, Budget read, long seen)
        where TKey : notnull
    {
        lock (gate)
        {
            if (changing > 0 || version != seen)
                return;
            if (kept.Count >= Most)
                kept.Clear();
            kept[key] = read;
        }
    }

    private void Forget(int more)
    {
        lock (gate)
        {
            changing += more;
            version++;
            byId.Clear();
            byToken.Clear();
        }
    }

    private sealed class Changing : IDisposable
    {
        private BudgetCache? cache;

        public Changing(BudgetCache cache)
        {
            this.cache = cache;
            cache.Forget(1);
        }

        public void Dispose() => Interlocked.Exchange(ref cache, null)?.Forget(-1);
    }
}
