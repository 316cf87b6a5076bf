using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>The use of a channel for one answer.</summary>
/// <param name="journal">Where it is written down.</param>
/// <param name="written">Ends when the voucher is on the disk.</param>
/// <param name="tab">The channel; busy until this ends.</param>
/// <param name="me">This provider.</param>
/// <param name="payment">The voucher that came with the request.</param>
/// <param name="request">What is paid for.</param>
/// <param name="charged">What was charged before, in total.</param>
/// <param name="owed">What was charged for this answer before it was lost; null = it is new.</param>
/// <param name="deposited">Transaction of the deposit that came along.</param>
/// <param name="allowance">What is given for nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class ChannelGrant(
    PaymentJournal journal, Task written, ChannelTab tab, ProviderIdentity me, PresentedVoucher payment,
    PaidRequest request, UInt256 charged, UInt256? owed, Hash256? deposited, FreeAllowance allowance,
    TimeProvider time) : Grant
{
    private UInt256 _voucher = payment.Max;
    private bool _ended;
    private FreeUse? _free;

    public override Address Payer => payment.Config.Payer;

    public override Hash256 Key { get; } = KeyOf(payment);

    public override bool ChargesWhatIsGiven => true;

    public override UInt256 Covered
    {
        get
        {
            lock (tab.Gate)
                return UInt256.Min(request.Cap, _voucher - charged);
        }
    }

    // What is owed was charged, and its part that was free was taken, when it was made first.
    public override ulong TakeFree(ulong counted)
    {
        lock (tab.Gate)
            _free = owed is null ? allowance.Take(Payer, tab.View!, counted) : tab.Record!.Use!.Free;
        return _free?.Tokens ?? 0;
    }

    // Nothing is to be moved; what is stated is the whole amount, since the charge is not known yet.
    public override async Task<string> SettleAsync(CancellationToken cancel)
    {
        await written;
        return Stated(charged + (owed ?? request.Slice));
    }

    public override string Response(UInt256 charge) => Stated(Total(charge));

    // Records go to the journal in the order in which they were made, so under the gate: the last one of a channel is
    // what a start believes.
    public override async Task CloseAsync(UInt256 charge, TokenCount given)
    {
        Task ended;
        var total = Total(charge);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (tab.Gate)
        {
            _ended = true;
            tab.Record = tab.Record! with
            {
                Charged = total > tab.Charged ? total : tab.Charged,
                Use = tab.Record!.Use! with
                {
                    Charge = total - charged,
                    AtMs = now,
                    // What is owed was earned when it was charged.
                    Earned = owed is null ? Earned(total, given, now) : null,
                    Free = _free,
                },
            };
            ended = journal.PutAsync(tab.Record);
        }

        await EndAsync(ended);
    }

    public override Task ReleaseAsync()
    {
        Task ended;
        lock (tab.Gate)
        {
            _ended = true;
            // What was owed stays owed.
            tab.Record = owed is null ? tab.Record! with { Use = null } : tab.Record!;
            ended = journal.PutAsync(tab.Record);
        }

        return EndAsync(ended);
    }

    public override async Task RaiseAsync(UInt256 max, byte[] signature)
    {
        var signer = ChannelTill.SignerOf(payment.Config);
        // Amounts of channels are uint128 on the chain: a larger one could never be claimed.
        if (max > PaymentReader.MostOfChannel)
            throw new VoucherRefusedException(VoucherRefusedException.Invalid, "No channel holds as much.");
        if (!ChannelTill.IsSignedBy(signer, me, payment.ChannelId, max, signature))
            throw new VoucherRefusedException(
                VoucherRefusedException.Invalid, "It is not signed for this channel by the one who signs for it.");
        Task raised;
        lock (tab.Gate)
        {
            if (_ended)
                throw new VoucherRefusedException(VoucherRefusedException.Ended, "The answer has ended.");
            if (max <= _voucher)
                throw new VoucherRefusedException(
                    VoucherRefusedException.Invalid, "It is for no more than the voucher before.");
            if (tab.View is { WithdrawingSince: not 0 })
                throw new VoucherRefusedException(
                    VoucherRefusedException.NotFunded, "A withdrawal from the channel is under way.");
            if (UInt256.Min(max, charged + request.Cap) > tab.View!.Balance)
                throw new VoucherRefusedException(
                    VoucherRefusedException.NotFunded, "The channel does not hold as much.");
            var record = tab.Record!;
            if (max > record.Signed)
                tab.Record = record = record with { Signed = max, Signature = Hex.ToHex(signature) };
            raised = journal.PutAsync(record);
        }

        await raised;
        lock (tab.Gate)
            _voucher = max > _voucher ? max : _voucher;
    }

    // The same for the same charge, however often its record is read.
    private EarningLine Earned(UInt256 total, TokenCount given, long at)
    {
        var bytes = new byte[96];
        payment.ChannelId.CopyTo(bytes);
        total.WriteBigEndian(bytes.AsSpan(32));
        request.Hash.CopyTo(bytes.AsSpan(64));
        return new EarningLine(
            Keccak256.Hash(bytes), at, EarningWays.Channel, request.Ware, Payer, 1, given.Prompt, given.Output,
            total - charged);
    }

    private static Hash256 KeyOf(PresentedVoucher payment)
    {
        var bytes = new byte[64];
        payment.ChannelId.CopyTo(bytes);
        payment.Max.WriteBigEndian(bytes.AsSpan(32));
        return Keccak256.Hash(bytes);
    }

    // The channel stays busy if the record cannot be written: nothing more is sold on it until a start has looked.
    private async Task EndAsync(Task ended)
    {
        await ended;
        lock (tab.Gate)
            tab.IsBusy = false;
    }

    private UInt256 Total(UInt256 charge) => charged + (owed ?? UInt256.Min(charge, Covered));

    private string Stated(UInt256 total)
    {
        lock (tab.Gate)
            return PaymentResponses.Charged(
                me, Payer, deposited, payment.ChannelId, tab.View!, payment.Max - request.Slice, total);
    }
}
