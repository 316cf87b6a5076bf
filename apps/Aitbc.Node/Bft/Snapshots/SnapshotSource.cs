using Aitbc.Ledger.State;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Storage;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>What a node gives to those that begin from a snapshot (specs/sync.md, section 6).</summary>
internal sealed class SnapshotSource(Chain chain)
{
    /// <summary>What proves a block; 0 = the newest. Null if it is not here.</summary>
    public LightBlock? Light(ulong height)
    {
        var head = chain.Head.Header.Number;
        var wanted = height == 0 ? head : height;
        if (wanted == 0 || wanted > head || chain.Store.Block(wanted) is not { } block
            || chain.Store.Commit(wanted) is not { } commit || chain.ValidatorsAt(wanted) is not { } set)
            return null;
        return new LightBlock(block.Header, block.Consensus, commit, set);
    }

    /// <summary>Nodes of the state after a block, from a position on; none if that state is not kept.</summary>
    public IReadOnlyList<byte[]> State(ulong height, StatePosition? from)
    {
        if (chain.StateAt(height) is not StateLookup.Found { View: var view })
            return [];
        using (view)
        {
            try
            {
                return StateWalk.Read(
                    view.GetTrieNode, view.Block.Header.StateRoot, from, PeerLimits.EnoughStateBytes);
            }
            catch (InvalidDataException)
            {
                // A damaged trie stops the node when a block needs the node, not when somebody asks for it.
                return [];
            }
        }
    }
}
