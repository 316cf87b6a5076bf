using System.Text.Json;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.State;

/// <summary>Balances, nonces, code and storage.</summary>
internal sealed class StateMethods(Chain chain, StateSource states)
{
    public void Balance(in RpcCall call, Utf8JsonWriter json)
    {
        var account = call.Address(0);
        json.Quantity(states.Read(call[1], (store, _) => store.GetAccount(account)?.Balance ?? default));
    }

    public void Nonce(in RpcCall call, Utf8JsonWriter json)
    {
        var account = call.Address(0);
        json.Quantity(BlockTag.IsPending(call[1])
            ? chain.Pool.PendingNonce(account)
            : states.Read(call[1], (store, _) => store.GetAccount(account)?.Nonce ?? 0));
    }

    public void Code(in RpcCall call, Utf8JsonWriter json)
    {
        var account = call.Address(0);
        json.Data(states.Read(call[1], (_, _) => SystemContracts.CodeOf(account)).Span);
    }

    public void Storage(in RpcCall call, Utf8JsonWriter json)
    {
        var key = new StorageKey(call.Address(0), RpcValue.Slot(call.Required(1)));
        json.Data(Hash256.FromUInt256(states.Read(call[2], (store, _) => store.GetStorage(key))));
    }
}
