using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>A stored receipt has one encoding (specs/storage.md, section 1).</summary>
public sealed class StoredReceiptTests
{
    private static readonly Receipt Good = new(
        TransactionType.DynamicFee, true, 90_000, 60_000, 7,
        [new Log(SystemContracts.AitToken, [Hash256.Zero], new byte[3])]);

    [Fact]
    public void A_stored_receipt_reads_back_to_the_same_bytes()
    {
        var bytes = Good.EncodeStored();
        Assert.Equal(bytes, Receipt.DecodeStored(bytes).EncodeStored());
    }

    [Theory]
    [InlineData(3UL, 1UL)]
    [InlineData(258UL, 1UL)]
    [InlineData(2UL, 2UL)]
    public void A_type_or_status_out_of_range_is_refused(ulong type, ulong status)
    {
        var writer = new RlpWriter();
        var list = writer.StartList();
        foreach (var value in new[] { type, status, 1UL, 1UL, 1UL })
            writer.Write(value);
        writer.EndList(writer.StartList());
        writer.EndList(list);
        Assert.Throws<RlpException>(() => Receipt.DecodeStored(writer.ToArray()));
    }

    [Fact]
    public void Bytes_behind_the_receipt_or_fields_too_many_are_refused()
    {
        var bytes = Good.EncodeStored();
        Assert.Throws<RlpException>(() => Receipt.DecodeStored([.. bytes, 0x80]));
        var writer = new RlpWriter();
        var list = writer.StartList();
        writer.WriteRaw(new RlpReader(bytes).ReadList().Remaining);
        writer.Write(1UL);
        writer.EndList(list);
        Assert.Throws<RlpException>(() => Receipt.DecodeStored(writer.ToArray()));
    }
}
