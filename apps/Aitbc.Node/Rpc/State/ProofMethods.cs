using System.Text.Json;
using Aitbc.Ledger.State;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.State;

/// <summary>eth_getProof (EIP-1186).</summary>
internal sealed class ProofMethods(StateSource states, NodeOptions options)
{
    public void Proof(in RpcCall call, Utf8JsonWriter json)
    {
        var address = call.Address(0);
        var list = call.Required(1);
        if (list.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument 1: storage keys are not a list");
        if (list.GetArrayLength() > options.MaxProofKeys)
            throw RpcError.TooMuch($"exceed max storage keys: at most {options.MaxProofKeys}");
        var slots = list.EnumerateArray().Select(RpcValue.Slot).ToList();
        call.Deadline.Check();
        Write(json, list, states.Read(call[2], (view, _) => view.Prove(address, slots)));
    }

    private static void Write(Utf8JsonWriter json, JsonElement keys, AccountProof proof)
    {
        var account = proof.Account ?? AccountState.Empty;
        json.WriteStartObject();
        json.Data("address"u8, proof.Address);
        json.Quantity("balance"u8, account.Balance);
        json.Data("codeHash"u8, account.CodeHash);
        json.Quantity("nonce"u8, account.Nonce);
        json.Data("storageHash"u8, account.StorageRoot);
        WriteNodes(json, "accountProof"u8, proof.Nodes);
        json.WriteStartArray("storageProof"u8);
        for (var i = 0; i < proof.Slots.Count; i++)
        {
            json.WriteStartObject();
            WriteKey(json, keys[i], proof.Slots[i].Slot);
            json.Quantity("value"u8, proof.Slots[i].Value);
            WriteNodes(json, "proof"u8, proof.Slots[i].Nodes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A key comes back in the form it was asked in: 32 bytes of data, or else a quantity.
    private static void WriteKey(Utf8JsonWriter json, JsonElement asked, Hash256 slot)
    {
        if (RpcValue.TryHash(asked, out _))
            json.Data("key"u8, slot);
        else
            json.Quantity("key"u8, slot.ToUInt256());
    }

    private static void WriteNodes(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<byte[]> nodes)
    {
        json.WriteStartArray(name);
        foreach (var node in nodes)
            json.Data(node);
        json.WriteEndArray();
    }
}
