using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// Two messages that one validator signed for the same place: its key and its operator are out for ever, whatever key
/// the operator has by now, and the operator's bond pays.
/// </summary>
internal sealed class RegistryEvidence(CallFrame frame, RegistryStorage storage, RegistryChanges changes)
{
    /// <summary>Age of evidence at most, in blocks: 7 days of blocks of half a second.</summary>
    public const ulong Window = 1_209_600;

    public void Report(
        Hash256 key, byte[] first, byte[] firstSignature, byte[] second, byte[] secondSignature)
    {
        if (!SignedMessage.Conflict(first, second, frame.ChainId, storage.GenesisHash, out var place))
            throw ValidatorsAbi.Error("BadEvidence");
        if (place.Height > frame.Block.Number)
            throw ValidatorsAbi.Error("HeightNotKnown");
        if (frame.Block.Number - place.Height > Window)
            throw ValidatorsAbi.Error("EvidenceTooOld");
        if (storage.TermOfKey(key) is not { } id || !storage.Term(id).Decides(place.Height))
            throw ValidatorsAbi.Error("UnknownSigner");
        var account = storage.Term(id).Operator;
        if (storage.IsTombstoned(account))
            throw ValidatorsAbi.Error("AlreadyPunished");
        if (!frame.IsSignedBy(key, first, firstSignature) || !frame.IsSignedBy(key, second, secondSignature))
            throw ValidatorsAbi.Error("BadEvidence");
        Punish(account, key, place);
    }

    private void Punish(Address account, Hash256 key, SignedMessage.Place place)
    {
        storage.Tombstone(account);
        storage.Tombstone(key);
        if (storage.TermOf(account) is { } open)
        {
            storage.Tombstone(storage.Term(open).ConsensusKey);
            changes.Remove(account);
        }

        // An operator without a bond has nothing to lose there, and the call fails: that changes nothing here.
        frame.Call(
            SystemContracts.ProviderBonds, default,
            BondsAbi.SlashFor.EncodeCall(account, Address.Zero, UInt256.MaxValue, key));
        frame.Emit(ValidatorsAbi.Equivocated.Encode(
            account, key, (UInt256)place.Height, (UInt256)place.Round, (UInt256)place.Type));
    }
}
