using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// The receiver's side: claims write down what vouchers are worth, settling pays it out. Totals only grow, so a voucher
/// that is shown again or out of order changes nothing.
/// </summary>
internal sealed class ChannelClaims(CallFrame frame)
{
    private const ulong Overflow = 0x11;
    private readonly BatchStorage storage = new(frame);
    private readonly BatchMessages messages = new(frame);

    /// <summary>Claims as the receiver or its authorizer.</summary>
    public void Claim(VoucherClaim[] rows)
    {
        RequireRows(rows);
        foreach (var row in rows)
        {
            if (!row.Channel.IsReceiverSide(frame.Caller))
                throw BatchSettlementAbi.Error("NotAuthorizedToClaim");
            Apply(row, messages.ChannelId(row.Channel));
        }
    }

    /// <summary>Claims as anybody, for the authorizer that all rows have in common.</summary>
    public void ClaimWithSignature(VoucherClaim[] rows, byte[] signature)
    {
        RequireRows(rows);
        var authorizer = rows[0].Channel.ReceiverAuthorizer;
        var ids = Ids(rows);
        if (!SignatureCheck.IsBy(frame, authorizer, messages.ClaimBatch(rows, ids), signature))
            throw BatchSettlementAbi.Error("InvalidSignature");
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i].Channel.ReceiverAuthorizer != authorizer)
                throw BatchSettlementAbi.Error("NotReceiverAuthorizer");
            Apply(rows[i], ids[i]);
        }
    }

    public Hash256 BatchDigest(VoucherClaim[] rows) => messages.ClaimBatch(rows, Ids(rows));

    /// <summary>Pays a receiver what was claimed and not paid yet; anybody may ask for it.</summary>
    public void Settle(Address receiver, Address token)
    {
        var state = storage.Receiver(receiver, token);
        var amount = state.Due;
        if (amount.IsZero)
            return;
        storage.SetReceiver(receiver, token, state with { TotalSettled = state.TotalClaimed });
        new ChannelCustody(frame).Pay(receiver, amount);
        frame.Emit(BatchSettlementAbi.Settled.Encode(receiver, token, frame.Caller, amount));
    }

    private static void RequireRows(VoucherClaim[] rows)
    {
        if (rows.Length == 0)
            throw BatchSettlementAbi.Error("EmptyBatch");
    }

    private Hash256[] Ids(VoucherClaim[] rows)
    {
        var ids = new Hash256[rows.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = messages.ChannelId(rows[i].Channel);
        return ids;
    }

    private void Apply(VoucherClaim row, Hash256 id)
    {
        var state = storage.Channel(id);
        if (row.TotalClaimed <= state.TotalClaimed)
            return;
        if (row.TotalClaimed > row.MaxClaimable)
            throw BatchSettlementAbi.Error("ClaimExceedsCeiling");
        if (row.TotalClaimed > state.Balance)
            throw BatchSettlementAbi.Error("ClaimExceedsBalance");
        RequireVoucher(row, messages.Voucher(id, row.MaxClaimable));
        var claimed = row.TotalClaimed - state.TotalClaimed;
        storage.SetChannel(id, state with { TotalClaimed = row.TotalClaimed });
        Credit(row.Channel, claimed);
        frame.Emit(BatchSettlementAbi.Claimed.Encode(id, frame.Caller, claimed, row.TotalClaimed));
    }

    private void RequireVoucher(VoucherClaim row, Hash256 digest)
    {
        var (payer, authorizer) = (row.Channel.Payer, row.Channel.PayerAuthorizer);
        var isSigned = authorizer.IsZero
            ? SignatureCheck.IsBy(frame, payer, digest, row.Signature)
            : EcdsaRecovery.Signer(frame, digest, row.Signature) == authorizer;
        if (!isSigned)
            throw BatchSettlementAbi.Error("InvalidSignature");
    }

    private void Credit(ChannelConfig channel, UInt256 claimed)
    {
        var state = storage.Receiver(channel.Receiver, channel.Token);
        if (claimed > BatchStorage.MaxAmount - state.TotalClaimed)
            throw BatchSettlementAbi.Error("Panic", (UInt256)Overflow);
        storage.SetReceiver(
            channel.Receiver, channel.Token, state with { TotalClaimed = state.TotalClaimed + claimed });
    }
}
