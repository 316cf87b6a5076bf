using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;

namespace Aitbc.Node.Pool;

/// <summary>The waiting transactions of one account by nonce, and what all of them together may take.</summary>
internal sealed class AccountQueue
{
    private readonly SortedDictionary<ulong, Waiting> byNonce = [];

    public int Count => byNonce.Count;

    public UInt256 Reserved { get; private set; }

    public bool Has(ulong nonce) => byNonce.ContainsKey(nonce);

    public bool TryGet(ulong nonce, [NotNullWhen(true)] out Waiting? waiting) =>
        byNonce.TryGetValue(nonce, out waiting);

    public void Put(Waiting waiting)
    {
        byNonce.Add(waiting.Transaction.Nonce, waiting);
        Reserved += waiting.Cost;
    }

    public bool Remove(ulong nonce, [NotNullWhen(true)] out Waiting? gone)
    {
        if (!byNonce.Remove(nonce, out gone))
            return false;
        Reserved -= gone.Cost;
        return true;
    }

    /// <summary>Takes out what is below a nonce.</summary>
    public IEnumerable<Waiting> RemoveBelow(ulong nonce)
    {
        foreach (var old in byNonce.Keys.TakeWhile(n => n < nonce).ToList())
        {
            if (Remove(old, out var gone))
                yield return gone;
        }
    }
}
