using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Xunit;

namespace Core.Tests.Budgets;

/// <summary>
/// Bytes that the steps of a transfer may allocate. They are counted, not timed: the same on every machine. A number
/// here is raised only with a reason; each leaves about a tenth above what was counted in a debug build.
/// </summary>
public sealed class AllocationTests
{
    // 520 were counted: the transaction with its cached hash and sender, and the one array of its bytes.
    private const int DecodeBudget = 576;

    // The signing hash is taken from the bytes that were read, on the stack.
    private const int RecoverBudget = 0;

    // It goes into a buffer that the block has already.
    private const int ReceiptBudget = 0;

    // 4,560 were counted for a transfer to an account that is new: the account, its receipt, and its share of the trie
    // nodes, the encodings and the hashes, which are made once a block.
    private const int ExecuteBudget = 5_120;

    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public void Decoding_a_transfer_keeps_its_bytes_once()
    {
        var raw = TestAccounts.Transfer(0, 7, Receiver, 1).Bytes();
        AssertWithin(DecodeBudget, 1_000, _ => TransactionCodec.TryDecode(raw, out var _, out var _));
    }

    [Fact]
    public void Recovering_a_sender_allocates_nothing()
    {
        Assert.SkipUnless(Secp256k1.Backend == "libsecp256k1", "BouncyCastle allocates.");
        var transfers = Decoded(400);
        // Each but once: who was recovered is remembered.
        AssertWithin(RecoverBudget, 200, i => transfers[i].TryRecoverSender(out _));
    }

    [Fact]
    public void Writing_a_receipt_allocates_nothing()
    {
        var log = new Log(Receiver, [Hash256.Zero, Hash256.Zero], new byte[32]);
        var receipt = new Receipt(TransactionType.DynamicFee, true, 42_000, 21_000, 1_000_000_000, [log]);
        var writer = new RlpWriter(2_048);
        AssertWithin(ReceiptBudget, 1_000, _ =>
        {
            writer.Clear();
            receipt.WriteConsensus(writer);
            receipt.WriteStored(writer);
        });
    }

    [Fact]
    public void Executing_a_transfer_allocates_what_the_block_and_its_changes_are_made_of()
    {
        const int count = 1_000;
        var genesis = new GenesisConfig
        {
            ChainId = 7777,
            TimeMs = 1_790_000_000_000,
            Alloc = new Dictionary<Address, UInt256>
            {
                [TestAccounts.Key(0).Address] = UInt256.Parse("10000000000000000000000"),
            },
        }.Build();
        var state = new MemoryStateStore();
        state.Apply(genesis.StateDiff);
        var transfers = Decoded(count);
        Array.ForEach(transfers, t => Assert.True(t.TryRecoverSender(out _)));
        var context = new BlockContext(
            7777, 1, 1_790_000_001_000, default, 300_000_000, genesis.Block.Header.BaseFeePerGas, default);
        BlockResult? result = null;
        var perBlock = Allocations.By(
            3, _ => result = BlockExecutor.Execute(genesis.Block.Header, state, transfers, context));
        Assert.Empty(result!.Refused);
        Assert.True(perBlock <= ExecuteBudget * count, $"{perBlock / count} bytes a transfer, {ExecuteBudget} allowed");
    }

    private static Transaction[] Decoded(int count)
    {
        using var key = TestAccounts.Key(0);
        var transfers = new Transaction[count];
        for (var i = 0; i < count; i++)
        {
            var raw = new Transaction
            {
                Type = TransactionType.DynamicFee,
                ChainId = 7777,
                Nonce = (ulong)i,
                MaxPriorityFeePerGas = 1,
                MaxFeePerGas = 2_000_000_000,
                GasLimit = 21_000,
                To = Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(i)).ToArray().AsSpan(12)),
                Value = 1,
            }.Sign(key).Encode();
            Assert.True(TransactionCodec.TryDecode(raw.Span, out var read, out _));
            transfers[i] = read;
        }

        return transfers;
    }

    private static void AssertWithin(int budget, int times, Action<int> step)
    {
        var bytes = Allocations.By(times, step);
        Assert.True(bytes <= budget, $"{bytes} bytes, {budget} allowed");
    }
}
