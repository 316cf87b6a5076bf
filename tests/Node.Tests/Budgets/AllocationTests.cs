using System.Buffers;
using System.Text;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Node;
using Aitbc.Node.Pool;
using Aitbc.Node.Rpc;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Budgets;

/// <summary>
/// Bytes that a request and an admission may allocate. They are counted, not timed: the same on every machine. A number
/// here is raised only with a reason.
/// </summary>
public sealed class AllocationTests : NodeTest
{
    // 1,432 to 1,800 were counted alone and up to 3,096 in a run of all tests, in a debug build, whose asynchronous
    // methods are objects: the document, the JSON writer, the parameters as text. The answer is in rented memory, and a
    // receipt is written out without objects between.
    private const int ReadBudget = 4_096;

    // 436 were counted: the entry with its place in the account's queue and in the index by hash, which double as they
    // grow.
    private const int AdmissionBudget = 512;

    [Theory]
    [InlineData("eth_blockNumber", "")]
    [InlineData("eth_getBalance", "\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\",\"latest\"")]
    [InlineData("eth_getTransactionCount", "\"0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\",\"latest\"")]
    public void Answering_a_look_up_allocates_within_its_budget(string method, string parameters) =>
        AssertReadWithin(method, parameters, "\"result\":\"0x"u8.ToArray());

    [Fact]
    public async Task Reading_a_receipt_allocates_within_its_budget()
    {
        var hash = await TransferAsync(0);
        AssertReadWithin("eth_getTransactionReceipt", $"\"{hash}\"", "\"blockHash\":\"0x"u8.ToArray());
    }

    [Fact]
    public void Admitting_a_transfer_allocates_within_its_budget()
    {
        const int count = 1_000;
        var state = new MemoryStateStore();
        var key = TestAccounts.Key(0);
        state.Apply(new GenesisConfig
        {
            ChainId = 7777,
            TimeMs = 1_790_000_000_000,
            Alloc = new Dictionary<Address, UInt256> { [key.Address] = UInt256.Parse("10000000000000000000000") },
        }.Build().StateDiff);
        var pool = new TransactionPool(state, 7777, Node.Options, TimeProvider.System);
        var transfers = Enumerable.Range(0, 2 * count).Select(i => Signed(key, (ulong)i)).ToArray();
        var bytes = Allocations.By(
            count, i => Assert.Null(pool.Add(transfers[i], key.Address, 1_000_000_000, 300_000_000).Error));
        Assert.True(bytes <= AdmissionBudget, $"{bytes} bytes, {AdmissionBudget} allowed");
    }

    private void AssertReadWithin(string method, string parameters, byte[] expected)
    {
        var server = Node.Service<RpcServer>();
        var caller = new RpcCaller(new ClientBudget(TimeProvider.System, 1_000_000, 1_000_000), Subscriber: null);
        var request = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(
            $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{parameters}}]}"""));
        var bytes = Allocations.By(500, _ =>
        {
            using var answer = new Answer(Node.Options.MaxResponse);
            var running = server.AnswerAsync(request, caller, answer, CancellationToken.None);
            Assert.True(running.IsCompletedSuccessfully);
            Assert.True(answer.Written.Span.IndexOf(expected) > 0);
        });
        Assert.True(bytes <= ReadBudget, $"{method}: {bytes} bytes, {ReadBudget} allowed");
    }

    private static Transaction Signed(PrivateKey key, ulong nonce)
    {
        var built = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777,
            Nonce = nonce,
            MaxPriorityFeePerGas = 1,
            MaxFeePerGas = 2_000_000_000,
            GasLimit = 21_000,
            To = Receiver,
            Value = 1,
        }.Sign(key);
        return TransactionCodec.TryDecode(built.Encode().Span, out var read, out _)
            ? read
            : throw new InvalidOperationException("What was signed cannot be read.");
    }
}
