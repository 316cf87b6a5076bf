using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// One call of a system contract: who calls with what, and what it may touch. Everything it does through the frame is
/// charged by <see cref="GasSchedule"/>.
/// </summary>
internal sealed class CallFrame(MessageContext message)
{
    public required Address Contract { get; init; }

    public required Address Caller { get; init; }

    public required UInt256 Value { get; init; }

    public required ReadOnlyMemory<byte> Data { get; init; }

    public required ulong GasLeft { get; set; }

    public int Depth { get; init; }

    public MessageContext Message => message;

    public BlockContext Block => message.Block;

    public ulong Timestamp => message.Block.Timestamp;

    public ulong ChainId => message.Block.ChainId;

    public void Charge(ulong gas)
    {
        if (gas > GasLeft)
        {
            GasLeft = 0;
            throw new OutOfGasException();
        }

        GasLeft -= gas;
    }

    /// <summary>Emits an event of this contract.</summary>
    public void Emit((IReadOnlyList<Hash256> Topics, byte[] Data) log) => Emit(Contract, log);

    /// <summary>Emits an event in the name of another system contract.</summary>
    public void Emit(Address contract, (IReadOnlyList<Hash256> Topics, byte[] Data) log)
    {
        Charge((GasSchedule.Log * (1 + (ulong)log.Topics.Count)) + (GasSchedule.LogByte * (ulong)log.Data.Length));
        message.Logs.Add(new Log(contract, log.Topics, log.Data));
    }

    public UInt256 Load(Hash256 slot) => LoadOf(Contract, slot);

    public void Store(Hash256 slot, UInt256 value) => StoreOf(Contract, slot, value);

    /// <summary>Reads a slot of another system contract.</summary>
    public UInt256 LoadOf(Address contract, Hash256 slot)
    {
        var key = new StorageKey(contract, slot);
        Charge(message.Warm.Add(key) ? GasSchedule.ColdLoad : GasSchedule.WarmLoad);
        return message.World.GetStorage(key);
    }

    /// <summary>Sets a slot of another system contract, by agreement between the two only.</summary>
    public void StoreOf(Address contract, Hash256 slot, UInt256 value)
    {
        var before = LoadOf(contract, slot);
        if (before == value)
            return;
        Charge(before.IsZero ? GasSchedule.StoreNew : GasSchedule.StoreChange);
        message.World.SetStorage(new StorageKey(contract, slot), value);
    }

    public UInt256 BalanceOf(Address account)
    {
        Charge(GasSchedule.AccountRead);
        return message.World.GetBalance(account);
    }

    /// <summary>Moves coins; false and nothing changed if the payer has fewer.</summary>
    public bool TryMove(Address from, Address to, UInt256 amount)
    {
        Charge(GasSchedule.CoinMove);
        if (!amount.IsZero && message.World.GetAccount(to).IsEmpty)
            Charge(GasSchedule.NewAccount);
        return message.World.TryTransfer(from, to, amount);
    }

    /// <summary>Destroys coins of this contract, on the record; false and nothing changed if it has fewer.</summary>
    public bool TryBurn(UInt256 amount)
    {
        Charge(GasSchedule.CoinMove);
        if (!message.World.TrySubtractBalance(Contract, amount))
            return false;
        StoreOf(Supply.Record, Supply.BurnedSlot, LoadOf(Supply.Record, Supply.BurnedSlot) + amount);
        return true;
    }

    public Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Charge(GasSchedule.Hash + (GasSchedule.HashWord * GasSchedule.Words(data.Length)));
        return Keccak256.Hash(data);
    }

    /// <summary>The signer of a digest; false for a signature that is out of range, high or fits no key.</summary>
    public bool TryRecover(Hash256 digest, Signature signature, out Address signer)
    {
        Charge(GasSchedule.Recover);
        signer = default;
        return signature is { IsInRange: true, IsLowS: true } && Secp256k1.TryRecover(digest, signature, out signer);
    }

    /// <summary>Whether an Ed25519 key signed the message (specs/encoding.md, section 5).</summary>
    public bool IsSignedBy(Hash256 publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Charge(GasSchedule.Ed25519 + (GasSchedule.HashWord * GasSchedule.Words(message.Length)));
        return Ed25519Keys.Verify(publicKey.ToArray(), message, signature);
    }

    /// <summary>
    /// Calls an account in this contract's name. All gas that is left goes along, so what a call used is what it needs.
    /// A failed call is undone and its result says so; only gas is lost.
    /// </summary>
    public CallResult Call(Address to, UInt256 value, ReadOnlyMemory<byte> data)
    {
        Charge(GasSchedule.NestedCall + (value.IsZero ? 0 : GasSchedule.CoinMove));
        if (!value.IsZero && message.World.GetAccount(to).IsEmpty)
            Charge(GasSchedule.NewAccount);
        var result = MessageCall.Nested(this, to, value, data);
        GasLeft -= result.GasUsed;
        return result;
    }

    /// <summary>
    /// As <see cref="Call"/> without coins, but what refuses the call refuses this one, as a call does in Solidity.
    /// </summary>
    public void CallOrRefuse(Address to, ReadOnlyMemory<byte> data)
    {
        var result = Call(to, default, data);
        if (result.RanOutOfGas)
            throw new OutOfGasException();
        if (!result.Succeeded)
            throw new RevertException(result.ReturnData.ToArray());
    }
}
