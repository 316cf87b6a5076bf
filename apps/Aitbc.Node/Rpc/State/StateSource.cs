using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.State;

/// <summary>The state that a block parameter means, with the block in which a call on it is imagined.</summary>
internal sealed class StateSource(Chain chain)
{
    public T Read<T>(JsonElement? tag, Func<IStateStore, BlockContext, T> read)
    {
        var head = chain.Head.Header.Number;
        var height = BlockTag.Height(chain, tag);
        if (height > head)
            throw RpcError.Rejected("header not found");
        if (height < head)
            throw RpcError.Pruned("pruned history unavailable: this node keeps the latest state only");
        return chain.Read(context => read(chain.Store, context));
    }
}
