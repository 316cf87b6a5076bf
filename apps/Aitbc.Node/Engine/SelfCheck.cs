using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Trie;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Engine;

/// <summary>
/// What a node makes sure of before it continues a chain: the newest blocks are there, follow each other, are certified
/// by those who decide them, and the stored state is that of the newest.
/// </summary>
internal sealed class SelfCheck(ChainStore store, string data)
{
    /// <summary>Blocks that are checked.</summary>
    public const ulong Depth = 128;

    /// <summary>The newest block.</summary>
    /// <exception cref="NodeStartException">Something is not as it was written; says what mends it.</exception>
    public Block Tip(Func<BlockHeader, bool> isCertified)
    {
        try
        {
            if (store.RollbackTarget is { } target)
                throw new NodeStartException(NodeStartException.Damaged, RepairAdvice.Unfinished(target, data));
            var tip = Blocks(isCertified);
            CheckState(tip.Header);
            return tip;
        }
        catch (Exception e) when (e is RlpException or RocksDbException)
        {
            throw Damaged($"A stored record cannot be read: {e.Message}.");
        }
    }

    private Block Blocks(Func<BlockHeader, bool> isCertified)
    {
        var height = store.Tip ?? throw Damaged("The height of the chain is missing.");
        var tip = Read(height);
        var child = tip;
        for (var checkedBlocks = 0UL; child.Header.Number > 0 && checkedBlocks < Depth; checkedBlocks++)
        {
            if (!isCertified(child.Header))
                throw Damaged($"Block {child.Header.Number} has no certificate of those who decide it.");
            if (child.Header.Number <= store.WholeFrom)
                break;
            var parent = Read(child.Header.Number - 1);
            if (child.Header.ParentHash != parent.Header.Hash())
                throw Damaged($"Block {child.Header.Number} does not follow block {parent.Header.Number}.");
            child = parent;
        }

        return tip;
    }

    // Each block checks the nodes that it changes; here only the root is read.
    private void CheckState(BlockHeader tip)
    {
        var root = store.GetTrieNode([TrieKey.AccountTree, 0]) is { } node
            ? Keccak256.Hash(node)
            : MerkleTrie.EmptyRoot;
        if (root == tip.StateRoot)
            return;
        throw new NodeStartException(
            NodeStartException.Damaged,
            RepairAdvice.Trie($"The stored trie has the root {root}, block {tip.Number} says {tip.StateRoot}.", data));
    }

    private Block Read(ulong height) => store.Block(height) ?? throw Damaged($"Block {height} is missing.");

    private NodeStartException Damaged(string detail) =>
        new(NodeStartException.Damaged, RepairAdvice.Chain(detail, data));
}
