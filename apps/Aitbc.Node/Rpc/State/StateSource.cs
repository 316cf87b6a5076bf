using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Storage;

namespace Aitbc.Node.Rpc.State;

/// <summary>
/// The state that a block parameter means, with the block in which a call on it is imagined. It is one block's, and
/// reading it keeps nobody waiting.
/// </summary>
internal sealed class StateSource(Chain chain)
{
    public T Read<T>(JsonElement? tag, Func<StateView, BlockContext, T> read)
    {
        switch (chain.StateAt(BlockTag.Height(chain, tag)))
        {
            case StateLookup.Found { View: var view }:
                using (view)
                    return read(view, chain.ContextOf(view));
            case StateLookup.Pruned { Oldest: var oldest }:
                throw RpcError.Pruned($"pruned history unavailable: the oldest state kept is of block {oldest}");
            default:
                throw RpcError.Rejected("header not found");
        }
    }
}
