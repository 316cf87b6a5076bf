using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Blocks;

/// <summary>
/// A final block as methods read it: what is asked again and again (hash, size, senders, place of logs) is worked out
/// once. Safe for many readers: whoever comes first works it out, and all work out the same.
/// </summary>
internal sealed class BlockView(Block block, Func<IReadOnlyList<Receipt>> readReceipts)
{
    private readonly Lazy<Hash256> hash = new(block.Header.Hash);
    private readonly Lazy<int> size = new(() => block.Encode().Length);
    private readonly Lazy<IReadOnlyList<Receipt>> receipts = new(readReceipts);
    private readonly Address[] senders = new Address[block.Transactions.Count];
    private readonly bool[] hasSender = new bool[block.Transactions.Count];
    private int[]? firstLogs;

    public Block Block => block;

    public BlockHeader Header => block.Header;

    public Hash256 Hash => hash.Value;

    /// <summary>Bytes of its RLP.</summary>
    public int Size => size.Value;

    public IReadOnlyList<Receipt> Receipts => receipts.Value;

    public Address Sender(int index)
    {
        if (Volatile.Read(ref hasSender[index]))
            return senders[index];
        var transaction = block.Transactions[index];
        if (!transaction.TryRecoverSender(out var sender))
            throw new InvalidOperationException($"Transaction {transaction.Hash} of a block has no sender.");
        senders[index] = sender;
        Volatile.Write(ref hasSender[index], true);
        return sender;
    }

    /// <summary>Index in the block of a transaction's first log.</summary>
    public int FirstLog(int index)
    {
        if (firstLogs is not { } known)
        {
            known = new int[Receipts.Count];
            for (var i = 1; i < known.Length; i++)
                known[i] = known[i - 1] + Receipts[i - 1].Logs.Count;
            firstLogs = known;
        }

        return known[index];
    }
}
