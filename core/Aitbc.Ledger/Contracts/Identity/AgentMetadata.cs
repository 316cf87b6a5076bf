using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>Metadata of an agent by key, with its event. The proven wallet is the value of a reserved key.</summary>
internal sealed class AgentMetadata(CallFrame frame)
{
    public const string WalletKey = "agentWallet";

    private readonly IdentityStorage storage = new(frame);

    public void Set(UInt256 id, string key, byte[] value)
    {
        storage.SetMetadata(id, key, value);
        Emit(id, key, value);
    }

    // A long key is hashed for its slot and for its topic.
    public void Emit(UInt256 id, string key, byte[] value)
    {
        frame.Charge(2 * GasSchedule.HashWord * GasSchedule.Words(System.Text.Encoding.UTF8.GetByteCount(key)));
        frame.Emit(IdentityAbi.MetadataSet.Encode(id, key, key, value));
    }
}
