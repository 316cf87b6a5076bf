using System.Diagnostics.CodeAnalysis;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Node.Pool;

/// <summary>
/// The waiting transactions of one account by nonce, what all of them together may take, and the account as the newest
/// block left it, so that admission reads no database. Every step takes the same time however many wait.
/// </summary>
internal sealed class AccountQueue(AccountState account)
{
    private readonly Dictionary<ulong, Waiting> byNonce = [];

    /// <summary>The next nonce a block takes.</summary>
    public ulong Next { get; private set; } = account.Nonce;

    /// <summary>
    /// The first nonce from <see cref="Next"/> on that nobody sent: the next one if all before are taken.
    /// </summary>
    public ulong Gap { get; private set; } = account.Nonce;

    public UInt256 Balance { get; private set; } = account.Balance;

    public int Count => byNonce.Count;

    public IEnumerable<Waiting> All => byNonce.Values;

    /// <summary>How many wait behind a gap.</summary>
    public int BehindGap => byNonce.Count - (int)(Gap - Next);

    public UInt256 Reserved { get; private set; }

    public bool TryGet(ulong nonce, [NotNullWhen(true)] out Waiting? waiting) =>
        byNonce.TryGetValue(nonce, out waiting);

    public void Put(Waiting waiting)
    {
        byNonce.Add(waiting.Transaction.Nonce, waiting);
        Reserved += waiting.Cost;
        CloseGap();
    }

    /// <summary>In the place of one with the same nonce.</summary>
    public void Replace(Waiting earlier, Waiting later)
    {
        byNonce[later.Transaction.Nonce] = later;
        Reserved = Reserved - earlier.Cost + later.Cost;
    }

    public void Remove(Waiting waiting)
    {
        var nonce = waiting.Transaction.Nonce;
        if (!byNonce.Remove(nonce))
            return;
        Reserved -= waiting.Cost;
        if (nonce < Gap)
            Gap = nonce;
    }

    /// <summary>The account after a block. Takes out what is below its nonce and names it.</summary>
    public void Settle(AccountState account, List<Waiting> gone)
    {
        Balance = account.Balance;
        for (var nonce = Next; nonce < account.Nonce && byNonce.Count > 0; nonce++)
        {
            if (!byNonce.Remove(nonce, out var waiting))
                continue;
            Reserved -= waiting.Cost;
            gone.Add(waiting);
        }

        Next = account.Nonce;
        Gap = Math.Max(Gap, Next);
        CloseGap();
    }

    private void CloseGap()
    {
        while (byNonce.ContainsKey(Gap))
            Gap++;
    }
}
