using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// The slots of the channels. Slots 0 and 1 would hold a name and a version of the domain that do not fit a word, and
/// stay empty; slot 6 is this chain's own: the sum of what is held, by token.
/// </summary>
internal sealed class BatchStorage(CallFrame frame)
{
    /// <summary>The largest amount, as all of them are uint128.</summary>
    public static readonly UInt256 MaxAmount = new(ulong.MaxValue, ulong.MaxValue, 0, 0);

    private const int HalfWord = UInt256.Length / 2;
    private static readonly Hash256 Channels = SolidityLayout.Slot(2);
    private static readonly Hash256 RefundNonces = SolidityLayout.Slot(3);
    private static readonly Hash256 Withdrawals = SolidityLayout.Slot(4);
    private static readonly Hash256 Receivers = SolidityLayout.Slot(5);
    private static readonly Hash256 Held = SolidityLayout.Slot(6);

    /// <summary>
    /// Where the coins are summed up that are held for channels and receivers. Computed when asked for: the list of
    /// contracts asks while it is made itself.
    /// </summary>
    public static Hash256 HeldCoins => SolidityLayout.Mapping(SystemContracts.AitToken, Held);

    public ChannelState Channel(Hash256 id)
    {
        var (balance, claimed) = LoadPair(SolidityLayout.Mapping(id, Channels));
        return new ChannelState(balance, claimed);
    }

    public void SetChannel(Hash256 id, ChannelState channel) =>
        StorePair(SolidityLayout.Mapping(id, Channels), channel.Balance, channel.TotalClaimed);

    public UInt256 RefundNonce(Hash256 id) => frame.Load(SolidityLayout.Mapping(id, RefundNonces));

    public void CountRefund(Hash256 id)
    {
        // It would take 2^256 refunds to wrap, and then it wraps as the original does.
        _ = UInt256.TryAdd(RefundNonce(id), UInt256.One, out var next);
        frame.Store(SolidityLayout.Mapping(id, RefundNonces), next);
    }

    public PendingWithdrawal Withdrawal(Hash256 id)
    {
        var (amount, at) = LoadPair(SolidityLayout.Mapping(id, Withdrawals));
        return new PendingWithdrawal(amount, (ulong)at);
    }

    public void SetWithdrawal(Hash256 id, PendingWithdrawal withdrawal) =>
        StorePair(SolidityLayout.Mapping(id, Withdrawals), withdrawal.Amount, withdrawal.InitiatedAt);

    public ReceiverState Receiver(Address receiver, Address token)
    {
        var (claimed, settled) = LoadPair(ReceiverSlot(receiver, token));
        return new ReceiverState(claimed, settled);
    }

    public void SetReceiver(Address receiver, Address token, ReceiverState state) =>
        StorePair(ReceiverSlot(receiver, token), state.TotalClaimed, state.TotalSettled);

    private static Hash256 ReceiverSlot(Address receiver, Address token) =>
        SolidityLayout.Mapping(token, SolidityLayout.Mapping(receiver, Receivers));

    // Two numbers in one slot: Solidity packs from the low end.
    private (UInt256 Low, UInt256 High) LoadPair(Hash256 slot)
    {
        Span<byte> word = stackalloc byte[UInt256.Length];
        frame.Load(slot).WriteBigEndian(word);
        return (UInt256.FromBigEndian(word[HalfWord..]), UInt256.FromBigEndian(word[..HalfWord]));
    }

    private void StorePair(Hash256 slot, UInt256 low, UInt256 high)
    {
        Span<byte> word = stackalloc byte[UInt256.Length];
        Span<byte> upper = stackalloc byte[UInt256.Length];
        low.WriteBigEndian(word);
        high.WriteBigEndian(upper);
        upper[HalfWord..].CopyTo(word);
        frame.Store(slot, UInt256.FromBigEndian(word));
    }
}
