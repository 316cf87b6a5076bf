using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Node;
using Aitbc.Node.Pool;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Xunit;

namespace Node.Tests.Pool;

/// <summary>
/// The pool alone, over a state in memory: what waits, what may go into a block and what is forgotten.
/// </summary>
public sealed class PoolQueueTests
{
    private const ulong GasLimit = 300_000_000;

    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly UInt256 BaseFeePerGas = 1_000_000_000;

    private readonly MemoryStateStore state = new();
    private BlockHeader head;

    public PoolQueueTests()
    {
        var genesis = new Aitbc.Ledger.Genesis.GenesisConfig
        {
            ChainId = 7777,
            TimeMs = 1_790_000_000_000,
            Alloc = Enumerable.Range(0, 3).ToDictionary(
                i => TestAccounts.Key(i).Address, _ => UInt256.Parse("10000000000000000000000")),
        }.Build();
        state.Apply(genesis.StateDiff);
        head = genesis.Block.Header;
    }

    [Fact]
    public void Transactions_sent_in_any_order_are_ready_in_the_order_of_their_nonces()
    {
        var pool = Pool();
        foreach (var nonce in new ulong[] { 3, 1, 0, 4, 2 })
            Add(pool, TestAccounts.Transfer(0, nonce, Receiver, 1));
        Assert.Equal(new ulong[] { 0, 1, 2, 3, 4 }, Ready(pool).Select(t => t.Nonce));
        Assert.Equal((5, 0), pool.Counts);
    }

    [Fact]
    public void A_missing_nonce_holds_back_what_is_behind_it_until_it_comes()
    {
        var pool = Pool();
        foreach (var nonce in new ulong[] { 0, 2, 3 })
            Add(pool, TestAccounts.Transfer(0, nonce, Receiver, 1));
        Assert.Equal((1, 2), pool.Counts);
        Assert.Equal(1UL, pool.PendingNonce(TestAccounts.Key(0).Address));
        Assert.Equal(new ulong[] { 0 }, Ready(pool).Select(t => t.Nonce));
        Add(pool, TestAccounts.Transfer(0, 1, Receiver, 1));
        Assert.Equal((4, 0), pool.Counts);
        Assert.Equal(4UL, pool.PendingNonce(TestAccounts.Key(0).Address));
    }

    [Fact]
    public void The_higher_tip_of_two_accounts_goes_first_and_then_who_came_first()
    {
        var pool = Pool();
        Add(pool, TestAccounts.Transfer(0, 0, Receiver, 1, tipGwei: 1));
        Add(pool, TestAccounts.Transfer(1, 0, Receiver, 1, tipGwei: 3));
        Add(pool, TestAccounts.Transfer(0, 1, Receiver, 1, tipGwei: 9));
        Add(pool, TestAccounts.Transfer(2, 0, Receiver, 1, tipGwei: 1));
        var order = Ready(pool).Select(t => (t.TryRecoverSender(out var s) ? s : default, t.Nonce));
        Assert.Equal(
            [
                (TestAccounts.Key(1).Address, 0UL), (TestAccounts.Key(0).Address, 0UL),
                (TestAccounts.Key(0).Address, 1UL), (TestAccounts.Key(2).Address, 0UL),
            ],
            order);
    }

    [Fact]
    public void What_a_block_included_is_forgotten_and_the_rest_stays()
    {
        var pool = Pool();
        for (var nonce = 0UL; nonce < 6; nonce++)
            Add(pool, TestAccounts.Transfer(0, nonce, Receiver, 1));
        pool.Settle(Include(Ready(pool).Take(4)));
        Assert.Equal((2, 0), pool.Counts);
        Assert.Equal(new ulong[] { 4, 5 }, Ready(pool).Select(t => t.Nonce));
        Assert.Equal(6UL, pool.PendingNonce(TestAccounts.Key(0).Address));
        pool.Settle(Include(Ready(pool)));
        Assert.Equal((0, 0), pool.Counts);
        Assert.Equal(0UL, pool.OldestMs);
        Assert.Equal("nonce too low", Error(pool, TestAccounts.Transfer(0, 5, Receiver, 2)));
    }

    [Fact]
    public void A_twin_that_a_block_made_impossible_is_dropped_with_the_reason()
    {
        var pool = Pool();
        var twin = TestAccounts.Transfer(0, 0, Receiver, 1);
        Add(pool, twin);
        pool.Settle(Include([TestAccounts.Transfer(0, 0, Receiver, 2)]));
        Assert.Equal((0, 0), pool.Counts);
        Assert.Equal("nonce too low", pool.DropReason(twin.Hash));
    }

    [Fact]
    public void A_refused_transaction_leaves_a_gap_before_what_follows()
    {
        var pool = Pool();
        for (var nonce = 0UL; nonce < 4; nonce++)
            Add(pool, TestAccounts.Transfer(0, nonce, Receiver, 1));
        pool.Drop(TestAccounts.Transfer(0, 1, Receiver, 1), "refused");
        Assert.Equal((1, 2), pool.Counts);
        Assert.Equal(1UL, pool.PendingNonce(TestAccounts.Key(0).Address));
    }

    [Fact]
    public void Coins_that_an_account_received_in_a_block_count_for_its_next_transaction()
    {
        var pool = Pool();
        var all = UInt256.Parse("15000000000000000000000");
        Add(pool, TestAccounts.Transfer(1, 1, Receiver, 1));
        var richer = TestAccounts.Transfer(1, 0, Receiver, all);
        Assert.StartsWith("insufficient funds", Error(pool, richer), StringComparison.Ordinal);
        pool.Settle(Include([
            TestAccounts.Transfer(0, 0, TestAccounts.Key(1).Address, UInt256.Parse("9000000000000000000000"))]));
        Add(pool, richer);
    }

    [Fact]
    public void Gaps_fill_a_quarter_of_the_pool_and_no_more()
    {
        var pool = Pool(o => o.PoolSize = 8);
        Add(pool, TestAccounts.Transfer(0, 5, Receiver, 1));
        Add(pool, TestAccounts.Transfer(1, 5, Receiver, 1));
        Assert.Equal(
            "txpool is full: at most 2 transactions wait behind missing nonces",
            Error(pool, TestAccounts.Transfer(2, 5, Receiver, 1)));
        for (var nonce = 0UL; nonce < 5; nonce++)
            Add(pool, TestAccounts.Transfer(2, nonce, Receiver, 1));
        Add(pool, TestAccounts.Transfer(2, 5, Receiver, 1));
        Assert.Equal(
            "txpool is full: at most 8 transactions wait",
            Error(pool, TestAccounts.Transfer(2, 6, Receiver, 1)));
    }

    [Fact]
    public void Bytes_of_the_pool_are_bounded()
    {
        var first = TestAccounts.Transfer(0, 0, Receiver, 1);
        var pool = Pool(o => o.PoolBytes = first.Encode().Length + 10);
        Add(pool, first);
        Assert.StartsWith(
            "txpool is full: at most", Error(pool, TestAccounts.Transfer(0, 1, Receiver, 1)), StringComparison.Ordinal);
        Add(pool, TestAccounts.Transfer(0, 0, Receiver, 2, tipGwei: 2, capGwei: 40));
        pool.Settle(Include(Ready(pool)));
        Add(pool, TestAccounts.Transfer(0, 1, Receiver, 1));
    }

    private static void Add(TransactionPool pool, Transaction transaction) =>
        Assert.Null(Error(pool, transaction));

    private static string? Error(TransactionPool pool, Transaction transaction)
    {
        Assert.True(transaction.TryRecoverSender(out var sender));
        return pool.Add(transaction, sender, BaseFeePerGas, GasLimit).Error;
    }

    private static List<Transaction> Ready(TransactionPool pool) => pool.Ready(BaseFeePerGas, GasLimit, 1_000);

    private TransactionPool Pool(Action<NodeOptions>? configure = null)
    {
        var options = new NodeOptions { DataDirectory = "", GenesisFile = "", Miner = "" };
        configure?.Invoke(options);
        return new TransactionPool(state, 7777, options, TimeProvider.System);
    }

    private BlockResult Include(IEnumerable<Transaction> transactions)
    {
        var result = BlockExecutor.Execute(head, state, transactions.ToList(), new BlockContext(
            7777, head.Number + 1, (head.Timestamp + 1) * 1000, default, GasLimit, BaseFee.After(head), default));
        Assert.Empty(result.Refused);
        state.Apply(result.StateDiff);
        head = result.Block.Header;
        return result;
    }
}
