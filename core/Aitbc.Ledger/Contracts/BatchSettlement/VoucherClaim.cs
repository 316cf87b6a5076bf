using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>A row of a claim: the payer's voucher and the total that the receiver claims by it.</summary>
internal sealed record VoucherClaim(ChannelConfig Channel, UInt256 MaxClaimable, byte[] Signature, UInt256 TotalClaimed)
{
    public static VoucherClaim[] All(CallArguments rows)
    {
        var claims = new VoucherClaim[rows.Count];
        for (var i = 0; i < claims.Length; i++)
        {
            var row = rows.Tuple(i);
            var voucher = row.Tuple(0);
            claims[i] = new VoucherClaim(
                ChannelConfig.Of(voucher.Tuple(0)), voucher.Number(1), row.Bytes(1), row.Number(2));
        }

        return claims;
    }
}
