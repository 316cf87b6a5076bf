using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>One call of a system contract: who calls with what, and what it may touch.</summary>
internal sealed class CallFrame
{
    public required WorldState World { get; init; }

    public required Address Contract { get; init; }

    public required Address Caller { get; init; }

    public required UInt256 Value { get; init; }

    public required ReadOnlyMemory<byte> Data { get; init; }

    public required ulong Timestamp { get; init; }

    public required ulong GasLeft { get; set; }

    public List<Log> Logs { get; } = [];

    public void Charge(ulong gas)
    {
        if (gas > GasLeft)
        {
            GasLeft = 0;
            throw new OutOfGasException();
        }

        GasLeft -= gas;
    }

    public void Emit(Address contract, (IReadOnlyList<Hash256> Topics, byte[] Data) log) =>
        Logs.Add(new Log(contract, log.Topics, log.Data));

    public UInt256 Load(Hash256 slot) => World.GetStorage(new StorageKey(Contract, slot));

    public void Store(Hash256 slot, UInt256 value) => World.SetStorage(new StorageKey(Contract, slot), value);
}
