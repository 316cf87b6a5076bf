using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// The changes of the set with their guards: never empty, never more at once than lets a light client follow, no key
/// twice in the life of the chain, nobody back who was tombstoned. A change in block H counts from block H + 1.
/// </summary>
internal sealed class RegistryChanges(CallFrame frame, RegistryStorage storage)
{
    /// <summary>Validators at most; consensus has the same bound.</summary>
    public const int MaxValidators = 256;

    /// <summary>
    /// Blocks that a key decides at least before its operator may replace it: who rotates in every block would use up
    /// the changes that others, and evidence against it, need.
    /// </summary>
    public const ulong RotationPause = 100;

    private ulong NextHeight => frame.Block.Number + 1;

    /// <summary>Changes that a block may make to a set of this size: floor((n - 1) / 3), but at least 1.</summary>
    public static ulong Allowed(int size) => (ulong)Math.Max(1, (size - 1) / 3);

    public ulong Left()
    {
        var (height, count, size) = storage.Changes;
        return height == frame.Block.Number ? Allowed(size) - count : Allowed(storage.ActiveCount);
    }

    /// <summary>Refuses what may not be added, before and again when it is.</summary>
    public void CheckAdd(Address account, Hash256 key)
    {
        if (account.IsZero)
            throw ValidatorsAbi.Error("ZeroAddress");
        if (storage.IsTombstoned(account))
            throw ValidatorsAbi.Error("Tombstoned");
        if (storage.TermOf(account) is not null)
            throw ValidatorsAbi.Error("OperatorActive");
        CheckKey(key);
    }

    public void CheckProof(Address account, Hash256 key, ReadOnlySpan<byte> proof)
    {
        var message = SignedMessage.Proof(frame.ChainId, storage.GenesisHash, account, key);
        if (!frame.IsSignedBy(key, message, proof))
            throw ValidatorsAbi.Error("BadProof");
    }

    public void Add(Address account, Hash256 key, Hash256 transportKeyHash)
    {
        CheckAdd(account, key);
        if (storage.ActiveCount >= MaxValidators)
            throw ValidatorsAbi.Error("SetFull");
        Count();
        storage.Open(account, key, transportKeyHash, NextHeight);
        frame.Emit(ValidatorsAbi.Added.Encode(account, key, transportKeyHash, (UInt256)NextHeight));
    }

    public void Remove(Address account)
    {
        var id = TermOf(account);
        if (storage.ActiveCount == 1)
            throw ValidatorsAbi.Error("LastValidator");
        Count();
        storage.Close(id, NextHeight);
        frame.Emit(ValidatorsAbi.Removed.Encode(account, storage.Term(id).ConsensusKey, (UInt256)NextHeight));
    }

    public void Rotate(Address account, Hash256 key, Hash256 transportKeyHash, ReadOnlySpan<byte> proof)
    {
        var id = TermOf(account);
        var (old, from) = (storage.Term(id).ConsensusKey, storage.Term(id).FromHeight);
        if (NextHeight < from + RotationPause)
            throw ValidatorsAbi.Error("TooSoon");
        CheckKey(key);
        CheckProof(account, key, proof);
        Count();
        storage.Close(id, NextHeight);
        storage.Open(account, key, transportKeyHash, NextHeight);
        frame.Emit(ValidatorsAbi.Rotated.Encode(account, old, key, (UInt256)NextHeight));
    }

    /// <summary>The open term of an operator that must have one.</summary>
    public UInt256 TermOf(Address account) =>
        storage.TermOf(account) ?? throw ValidatorsAbi.Error("OperatorUnknown");

    private void CheckKey(Hash256 key)
    {
        if (storage.TermOfKey(key) is not null)
            throw ValidatorsAbi.Error("KeyUsed");
    }

    private void Count()
    {
        var (height, count, size) = storage.Changes;
        if (height != frame.Block.Number)
            (count, size) = (0, storage.ActiveCount);
        if (count >= Allowed(size))
            throw ValidatorsAbi.Error("TooManyChanges");
        storage.Changes = (frame.Block.Number, count + 1, size);
    }
}
