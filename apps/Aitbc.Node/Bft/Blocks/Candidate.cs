using System.Diagnostics.CodeAnalysis;
using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Pool;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Node.Bft.Blocks;

/// <summary>
/// A body that is the body of its block: everything the header commits to is what is inside, and it is the only
/// encoding. Nothing is said about whether the block may follow its parent.
/// </summary>
/// <param name="Block">The block.</param>
/// <param name="Info">Hash, root of the parts and length.</param>
/// <param name="Body">Its encoding.</param>
internal sealed record Candidate(Block Block, BlockInfo Info, byte[] Body)
{
    public ulong Height => Block.Header.Number;

    public static Candidate Of(Block block)
    {
        var body = block.Encode();
        return new Candidate(block, BlockParts.Describe(block.Header.Hash(), body), body);
    }

    /// <summary>
    /// Reads a body of a block that is known by hash. Other bytes are no verdict on the block: its true body may come.
    /// </summary>
    public static bool TryRead(
        byte[] body, Hash256 hash, TransactionPool pool, [NotNullWhen(true)] out Candidate? candidate)
    {
        candidate = null;
        if (body.Length > BlockParts.MaxBody)
            return false;
        try
        {
            var block = Block.Decode(body);
            var header = block.Header;
            if (header.Hash() != hash || header.ExtraData != block.Consensus.Hash()
                || Block.RootOf(block.Transactions.Select(t => t.Encode())) != header.TransactionsRoot
                || !block.Encode().AsSpan().SequenceEqual(body))
                return false;
            // The pool has recovered the senders of its transactions, which is most of the work of executing one.
            block = block with { Transactions = [.. block.Transactions.Select(t => pool.Find(t.Hash, out _) ?? t)] };
            candidate = new Candidate(block, BlockParts.Describe(hash, body), body);
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }
}
