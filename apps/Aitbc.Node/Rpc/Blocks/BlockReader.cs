using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Blocks;

/// <summary>
/// Final blocks for reading. The newest are kept in memory, since nearly every question is about them; older ones are
/// read from storage each time, so that no long query drives the newest out.
/// </summary>
internal sealed class BlockReader : IChainListener, IDisposable
{
    private const int MostBlocks = 256;
    private const int MostTransactions = 20_000;

    private readonly Chain chain;
    private readonly ChainFeed feed;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, BlockView> recent = [];
    private ulong lowest;
    private int transactions;

    public BlockReader(Chain chain, ChainFeed feed)
    {
        this.chain = chain;
        this.feed = feed;
        feed.Add(this);
    }

    /// <summary>The block; null if there is none of that height yet.</summary>
    /// <exception cref="RpcError">It is not kept any more.</exception>
    public BlockView? At(ulong height)
    {
        // The moment between writing a block and naming it the head: whoever saw it would be shown an older state next.
        if (height > chain.Head.Header.Number)
            return null;
        lock (gate)
        {
            if (height >= chain.Store.WholeFrom && recent.TryGetValue(height, out var known))
                return known;
        }

        if (chain.Store.Block(height) is not { } block)
            throw BlockTag.Pruned(chain);
        return new BlockView(block, () => Receipts(height, block));
    }

    /// <summary>As <see cref="At"/>, without the transactions.</summary>
    public BlockHeader? HeaderAt(ulong height)
    {
        if (height > chain.Head.Header.Number)
            return null;
        lock (gate)
        {
            if (height >= chain.Store.WholeFrom && recent.TryGetValue(height, out var known))
                return known.Header;
        }

        return chain.Store.Header(height) ?? throw BlockTag.Pruned(chain);
    }

    public BlockView? Of(Hash256 hash) => chain.Store.HeightOf(hash) is { } height ? At(height) : null;

    public (BlockView Block, int Index)? Locate(Hash256 transaction) =>
        chain.Store.Locate(transaction) is { } place && At(place.Height) is { } block ? (block, place.Index) : null;

    public void OnBlock(BlockResult block)
    {
        var view = new BlockView(block.Block, () => block.Receipts);
        lock (gate)
        {
            if (recent.Count == 0)
                lowest = view.Header.Number;
            recent[view.Header.Number] = view;
            transactions += block.Receipts.Count;
            // The newest stays, however large it is.
            while (recent.Count > 1 && (recent.Count > MostBlocks || transactions > MostTransactions))
            {
                if (recent.Remove(lowest++, out var old))
                    transactions -= old.Block.Transactions.Count;
            }
        }
    }

    public void OnPending(Transaction transaction, Address sender)
    {
        // Only what is final is kept here.
    }

    // Of the block of a snapshot nobody told the receipts, and those of an old block may have gone in this moment.
    private IReadOnlyList<Receipt> Receipts(ulong height, Block block) =>
        chain.Store.Receipts(height) is var receipts && receipts.Count == block.Transactions.Count
            ? receipts
            : throw BlockTag.Pruned(chain);

    public void Dispose() => feed.Remove(this);
}
