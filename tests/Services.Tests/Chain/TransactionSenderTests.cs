using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Xunit;

namespace Services.Tests.Chain;

public sealed class TransactionSenderTests
{
    private static readonly TransactionSenderOptions Quick = new()
    {
        ResendInterval = TimeSpan.FromMilliseconds(20),
        ReceiptTimeout = TimeSpan.FromSeconds(20),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static CallRequest Payment { get; } = new(
        Address.Parse("0x000000000000000000000000000000000000dEaD"), default, 5UL);

    [Fact]
    public async Task A_call_becomes_a_final_type_2_transaction_with_fees_gas_and_nonce_of_the_node()
    {
        await using var chain = await PoolNode.StartAsync();

        var sent = await chain.Sender(Quick).SendAsync(chain.Account, Payment, Cancel);

        var tx = Assert.Single(chain.Included);
        Assert.Equal(TransactionType.DynamicFee, tx.Type);
        Assert.Equal((UInt256)7777UL, tx.ChainId);
        Assert.Equal(0UL, tx.Nonce);
        Assert.Equal(16UL, tx.MaxFeePerGas);
        Assert.Equal(2UL, tx.MaxPriorityFeePerGas);
        Assert.Equal(25_200UL, tx.GasLimit);
        Assert.Equal(5UL, tx.Value);
        Assert.Equal(tx.Hash, sent.Hash);
        Assert.True(sent.Receipt.Succeeded);
    }

    [Fact]
    public async Task Fifty_parallel_calls_of_one_account_get_fifty_nonces_without_gap_or_double()
    {
        await using var chain = await PoolNode.StartAsync();
        var sender = chain.Sender(Quick);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => sender.SendAsync(chain.Account, Payment, Cancel)));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i), chain.Included.Select(t => t.Nonce));
        Assert.Equal(50, chain.Delivered.Count);
    }

    [Fact]
    public async Task A_lost_answer_is_repeated_with_the_same_bytes_and_pays_once()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.LoseAnswersOfSends = 3;

        var sent = await chain.Sender(Quick).SendAsync(chain.Account, Payment, Cancel);

        Assert.True(sent.Receipt.Succeeded);
        Assert.Single(chain.Included);
        Assert.Single(chain.Delivered.Distinct());
        Assert.True(chain.Delivered.Count > 1);
    }

    [Fact]
    public async Task A_node_that_lost_its_pool_is_given_the_same_bytes_again()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.ForgetSends = 2;

        await chain.Sender(Quick).SendAsync(chain.Account, Payment, Cancel);

        Assert.Single(chain.Included);
        Assert.Single(chain.Delivered.Distinct());
        Assert.Equal(3, chain.Delivered.Count);
    }

    [Fact]
    public async Task An_outcome_that_stays_unknown_is_said_and_the_same_bytes_resume_it()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.ForgetSends = int.MaxValue;
        var impatient = Quick with { ReceiptTimeout = TimeSpan.FromMilliseconds(60) };

        var unknown = await Assert.ThrowsAsync<TransactionOutcomeUnknownException>(
            () => chain.Sender(impatient).SendAsync(chain.Account, Payment, Cancel));
        chain.ForgetSends = 0;
        var sent = await chain.Sender(Quick).ResumeAsync(unknown.Raw, Cancel);
        var again = await chain.Sender(Quick).ResumeAsync(unknown.Raw, Cancel);

        Assert.Equal(unknown.Hash, sent.Hash);
        Assert.Equal(sent.Receipt.TransactionHash, again.Receipt.TransactionHash);
        Assert.Single(chain.Included);
        Assert.Single(chain.Delivered.Distinct());
    }

    [Fact]
    public async Task A_nonce_that_another_process_took_is_replaced_because_the_first_bytes_can_never_be_included()
    {
        await using var chain = await PoolNode.StartAsync();
        var rival = chain.Sign(nonce: 0);
        chain.BeforeNextSend = () => chain.Include(rival);

        var sent = await chain.Sender(Quick).SendAsync(chain.Account, Payment, Cancel);

        Assert.Equal([rival.Hash, sent.Hash], chain.Included.Select(t => t.Hash));
        Assert.Equal(1UL, chain.Included[^1].Nonce);
        var dead = await Assert.ThrowsAsync<RpcException>(
            () => chain.Sender(Quick).ResumeAsync(chain.Sign(nonce: 0, value: 9).Encode(), Cancel));
        Assert.Contains("nonce too low", dead.Message);
    }

    [Fact]
    public async Task A_call_that_would_revert_is_refused_before_anything_is_signed()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.Node.On("eth_estimateGas", _ => throw ScriptedNode.Error(3, "execution reverted", "0x99b0fc87"));
        var recorded = 0;

        var refusal = await Assert.ThrowsAsync<RpcException>(() => chain.Sender(Quick with
        {
            BeforeSend = (_, _) =>
            {
                recorded++;
                return Task.CompletedTask;
            },
        }).SendAsync(chain.Account, Payment, Cancel));

        Assert.True(refusal.IsRevert("BudgetMismatch"));
        Assert.Equal(0, recorded);
        Assert.Empty(chain.Delivered);
    }

    [Fact]
    public async Task A_definite_refusal_is_passed_on_and_leaves_the_account_usable()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.RefuseNextSend = "insufficient funds for gas * price + value";
        var sender = chain.Sender(Quick);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => sender.SendAsync(chain.Account, Payment, Cancel));
        Assert.Contains("insufficient funds", refusal.Message);

        await sender.SendAsync(chain.Account, Payment, Cancel);
        Assert.Single(chain.Included);
    }

    [Fact]
    public async Task The_caller_can_record_the_bytes_before_they_leave()
    {
        await using var chain = await PoolNode.StartAsync();
        Transaction? recorded = null;
        var sender = chain.Sender(Quick with
        {
            BeforeSend = (tx, _) =>
            {
                Assert.Empty(chain.Delivered);
                recorded = tx;
                return Task.CompletedTask;
            },
        });

        var sent = await sender.SendAsync(chain.Account, Payment, Cancel);

        Assert.Equal(sent.Hash, recorded!.Hash);
    }

    [Fact]
    public async Task Bytes_that_are_no_transaction_are_not_sent()
    {
        await using var chain = await PoolNode.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            () => chain.Sender(Quick).ResumeAsync(new byte[] { 1, 2, 3 }, Cancel));
        Assert.Empty(chain.Delivered);
    }
}
