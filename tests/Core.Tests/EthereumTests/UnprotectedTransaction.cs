using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Core.Tests.EthereumTests;

/// <summary>
/// A legacy transaction before EIP-155, which the codec refuses to read: read here, so that its hashes and its signer
/// can be held against the published ones all the same.
/// </summary>
internal static class UnprotectedTransaction
{
    /// <exception cref="RlpException">Not the nine fields with v of 27 or 28.</exception>
    public static Transaction Read(ReadOnlySpan<byte> raw)
    {
        var outer = new RlpReader(raw);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var nonce = fields.ReadUInt64();
        var price = fields.ReadUInt256();
        var transaction = new Transaction
        {
            Nonce = nonce,
            MaxFeePerGas = price,
            MaxPriorityFeePerGas = price,
            GasLimit = fields.ReadUInt64(),
            To = fields.ReadOptionalAddress(),
            Value = fields.ReadUInt256(),
            Data = fields.ReadBytes().ToArray(),
        };
        var v = fields.ReadUInt64();
        var r = Hash256.FromUInt256(fields.ReadUInt256());
        var s = Hash256.FromUInt256(fields.ReadUInt256());
        fields.EnsureEnd();
        if (v is not (27 or 28))
            throw new RlpException(RlpError.WrongLength);
        return transaction with { Signature = new Signature(r, s, (byte)(v - 27)) };
    }
}
