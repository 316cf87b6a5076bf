using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Trie;
using Aitbc.Node.Storage;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Node.Engine;

/// <summary>
/// What a node makes sure of before it continues a chain: the newest blocks are there, follow each other, are certified
/// by this validator, and the stored state is that of the newest.
/// </summary>
internal static class SelfCheck
{
    private const ulong Depth = 128;

    public static Block Tip(ChainStore store, Func<BlockHeader, bool> isCertified)
    {
        try
        {
            return Check(store, isCertified);
        }
        catch (RlpException e)
        {
            throw Damaged($"A stored record cannot be read ({e.Message})");
        }
    }

    private static Block Check(ChainStore store, Func<BlockHeader, bool> isCertified)
    {
        var height = store.Tip ?? throw Damaged("The height of the chain is missing.");
        var tip = Read(store, height);
        var child = tip;
        for (var checkedBlocks = 0UL; child.Header.Number > 0 && checkedBlocks < Depth; checkedBlocks++)
        {
            if (!isCertified(child.Header))
                throw Damaged($"Block {child.Header.Number} has no certificate of this validator.");
            var parent = Read(store, child.Header.Number - 1);
            if (child.Header.ParentHash != parent.Header.Hash())
                throw Damaged($"Block {child.Header.Number} does not follow block {parent.Header.Number}.");
            child = parent;
        }

        var root = new MerkleTrie(store.GetTrieNode, TrieKey.Accounts).Commit([]);
        return root == tip.Header.StateRoot
            ? tip
            : throw Damaged($"The state has root {root}, block {height} says {tip.Header.StateRoot}.");
    }

    private static Block Read(ChainStore store, ulong height) =>
        store.Block(height) ?? throw Damaged($"Block {height} is missing.");

    private static NodeStartException Damaged(string detail) => new(
        NodeStartException.Damaged, $"{detail} Restore the data from a backup; nothing was changed.");
}
