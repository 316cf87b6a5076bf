using Aitbc.Ledger.Blocks;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// Which blocks are kept (specs/storage.md, section 8): all, or only the newest so many. What goes, goes with the batch
/// of a block, with its receipts, indexes and certificate.
/// </summary>
/// <param name="database">The chain's.</param>
/// <param name="keep">Blocks that are kept; null = all.</param>
internal sealed class BlockPruning(ChainDatabase database, ulong? keep)
{
    // More than one a block, so that a long chain that is told to keep less gets there.
    private const ulong MostAtOnce = 16;

    private ulong wholeFrom = database.WholeFrom;

    /// <summary>The lowest height that is kept whole, with all above; block 0 is always there.</summary>
    public ulong WholeFrom => Volatile.Read(ref wholeFrom);

    /// <summary>Puts what goes into the batch of a block; returns what <see cref="Done"/> is told.</summary>
    public ulong Write(WriteBatch batch, ulong tip)
    {
        if (keep is not { } kept || tip <= kept || tip - kept < wholeFrom)
            return wholeFrom;
        // The block of a snapshot stands below those that are whole.
        var from = Math.Max(1, wholeFrom) - (wholeFrom > 1 ? 1UL : 0);
        var to = Math.Min(tip - kept, from + MostAtOnce - 1);
        var height = new byte[sizeof(ulong)];
        for (var at = from; at <= to; at++)
        {
            if (database.Get(database.Blocks, at) is not { } bytes)
                continue;
            var block = Block.Decode(bytes);
            foreach (var transaction in block.Transactions)
                batch.Delete(transaction.Hash.ToArray(), database.TransactionIndex);
            batch.Delete(block.Header.Hash().ToArray(), database.Hashes);
            FlatCodec.WriteHeight(at, height);
            batch.Delete(height, database.Blocks);
            batch.Delete(height, database.Receipts);
            batch.Delete(ChainDatabase.CertificateKey(at), database.Meta);
        }

        batch.PutHeight(ChainDatabase.WholeFromKey, to + 1, database.Meta);
        return to + 1;
    }

    /// <summary>The batch is durable.</summary>
    public void Done(ulong from) => Volatile.Write(ref wholeFrom, from);
}
