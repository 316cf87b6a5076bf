using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Proofs of entries of the lists that a block commits to, and of what a receipt says.</summary>
public sealed class ListProofTests
{
    [Fact]
    public void Every_entry_of_a_list_of_any_length_has_a_proof_and_what_lies_beyond_it_has_none() =>
        Gen.Select(Gen.Byte.Array[1, 60].Array[1, 300], Gen.Int[0, 299]).Sample((items, at) =>
        {
            var list = items.Select(i => (ReadOnlyMemory<byte>)i).ToArray();
            var index = at % list.Length;
            var proof = ListProof.Of(list, index);
            var root = Block.RootOf(list);
            Assert.True(ListProof.TryVerify(root, (ulong)index, proof, out var item));
            Assert.Equal(items[index], item);
            Assert.False(ListProof.TryVerify(root, (ulong)index + 1, proof, out item) && item is not null
                && !item.AsSpan().SequenceEqual(items[Math.Min(index + 1, items.Length - 1)]));
            Assert.False(ListProof.TryVerify(Keccak256.Hash(items[0]), (ulong)index, proof, out _));
        });

    [Fact]
    public void An_index_outside_the_list_has_no_proof() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ListProof.Of([new byte[] { 1 }], 1));

    [Fact]
    public void A_receipt_comes_back_from_the_bytes_that_the_root_commits_to()
    {
        foreach (var type in new[] { TransactionType.Legacy, TransactionType.AccessList, TransactionType.DynamicFee })
        {
            var log = new Log(Address.Zero, [Keccak256.Hash("a"u8), Keccak256.Hash("b"u8)], new byte[] { 1, 2, 3 });
            var receipt = new Receipt(type, type != TransactionType.AccessList, 50_000, 21_000, 7, [log]);
            var read = ConsensusReceipt.Decode(receipt.EncodeConsensus());
            Assert.Equal((type, receipt.Succeeded, 50_000UL), (read.Type, read.Succeeded, read.CumulativeGasUsed));
            Assert.Equal(log.Topics, read.Logs.Single().Topics);
            Assert.Equal(log.Data.ToArray(), read.Logs.Single().Data.ToArray());
        }
    }

    [Fact]
    public void A_receipt_with_any_byte_changed_is_another_or_none()
    {
        var receipt = new Receipt(
            TransactionType.DynamicFee, true, 50_000, 21_000, 7,
            [new Log(Address.Zero, [Keccak256.Hash("a"u8)], new byte[] { 1 })]);
        var bytes = receipt.EncodeConsensus();
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 1;
            try
            {
                var read = ConsensusReceipt.Decode(changed);
                Assert.NotEqual(
                    (receipt.Type, receipt.Succeeded, receipt.CumulativeGasUsed, receipt.Logs[0].Data.Span[0]),
                    (read.Type, read.Succeeded, read.CumulativeGasUsed, read.Logs[0].Data.Span[0]));
            }
            catch (RlpException)
            {
                // Refused, as it should be.
            }
        }
    }
}
