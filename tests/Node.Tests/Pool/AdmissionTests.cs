using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Pool;

public sealed class AdmissionTests : NodeTest
{
    private static readonly UInt256 Ait = 1_000_000_000_000_000_000;

    protected override void Configure(NodeOptions options) => options.PoolSizePerAccount = 4;

    [Fact]
    public async Task Nonce_that_was_used_is_refused()
    {
        await TransferAsync(0);
        await RefusedAsync(TestAccounts.Transfer(0, 0, Receiver, 2), "nonce too low");
    }

    [Fact]
    public async Task Overdraft_is_refused_at_admission() =>
        await RefusedAsync(
            TestAccounts.Transfer(0, 0, Receiver, 20_000UL * Ait), "insufficient funds for gas * price + value");

    [Fact]
    public async Task What_waits_together_cannot_promise_more_than_there_is()
    {
        await Node.SendRawAsync(TestAccounts.Transfer(0, 1, Receiver, 6_000UL * Ait).Bytes());
        await RefusedAsync(
            TestAccounts.Transfer(0, 2, Receiver, 6_000UL * Ait), "insufficient funds for gas * price + value");
    }

    [Fact]
    public async Task Garbage_signature_is_refused()
    {
        var signed = TestAccounts.Transfer(0, 0, Receiver, 1);
        var garbage = signed with { Signature = signed.Signature!.Value with { R = Hash256.Zero } };
        var answer = await Node.AnswerAsync("eth_sendRawTransaction", Hex(garbage.Bytes()));
        Assert.Equal(-32000, (int)answer["error"]!["code"]!);
        Assert.Equal(0UL, await Node.HeightAsync());
    }

    [Fact]
    public async Task Changed_value_makes_it_another_senders_transaction_without_funds()
    {
        var signed = TestAccounts.Transfer(0, 0, Receiver, 1);
        var forged = signed with { Value = 5UL * Ait };
        await RefusedAsync(forged, "insufficient funds for gas * price + value");
    }

    [Fact]
    public async Task Another_chain_is_refused() =>
        await RefusedAsync(TestAccounts.Transfer(0, 0, Receiver, 1, chainId: 1), "invalid chain id");

    [Fact]
    public async Task Fee_below_the_base_fee_is_refused() =>
        await RefusedAsync(
            TestAccounts.Transfer(0, 0, Receiver, 1, tipGwei: 0, capGwei: 0),
            "max fee per gas less than block base fee");

    [Fact]
    public async Task Tip_above_the_cap_is_refused() =>
        await RefusedAsync(
            TestAccounts.Transfer(0, 0, Receiver, 1, tipGwei: 30),
            "max priority fee per gas higher than max fee per gas");

    [Fact]
    public async Task Gas_below_the_intrinsic_is_refused() =>
        await RefusedAsync(TestAccounts.Transfer(0, 0, Receiver, 1, gas: 20_999), "intrinsic gas too low");

    [Fact]
    public async Task Gas_beyond_a_block_is_refused_instead_of_waiting_for_ever() =>
        await RefusedAsync(TestAccounts.Transfer(0, 0, Receiver, 1, gas: 300_000_001), "exceeds block gas limit");

    [Fact]
    public async Task Contract_creation_is_refused_with_the_reason()
    {
        using var key = TestAccounts.Key(0);
        var creation = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777UL,
            MaxFeePerGas = 20_000_000_000UL,
            GasLimit = 100_000,
        }.Sign(key);
        await RefusedAsync(creation, "contract creation is not supported");
    }

    [Fact]
    public async Task The_same_transaction_again_is_already_known_waiting_or_final()
    {
        var waiting = TestAccounts.Transfer(0, 1, Receiver, 1);
        await Node.SendRawAsync(waiting.Bytes());
        await RefusedAsync(waiting, "already known");
        var final = TestAccounts.Transfer(0, 0, Receiver, 1);
        await Node.ReceiptAsync((string)(await Node.SendRawAsync(final.Bytes()))!);
        await RefusedAsync(final, "already known");
    }

    [Fact]
    public async Task A_replacement_needs_a_tenth_more_and_says_what_it_replaced()
    {
        var first = TestAccounts.Transfer(0, 1, Receiver, 1, tipGwei: 10, capGwei: 100);
        await Node.SendRawAsync(first.Bytes());
        await RefusedAsync(
            TestAccounts.Transfer(0, 1, Receiver, 2, tipGwei: 10, capGwei: 109), "replacement transaction underpriced");
        var second = TestAccounts.Transfer(0, 1, Receiver, 2, tipGwei: 11, capGwei: 110);
        await Node.SendRawAsync(second.Bytes());
        var status = (JsonObject)(await Node.CallAsync("aitbc_transactionStatus", first.Hash.ToString()))!;
        Assert.Equal("dropped", (string)status["status"]!);
        Assert.Contains(second.Hash.ToString(), (string)status["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_cannot_fill_the_pool()
    {
        for (var nonce = 1UL; nonce <= 4; nonce++)
            await Node.SendRawAsync(TestAccounts.Transfer(0, nonce, Receiver, 1).Bytes());
        await RefusedAsync(TestAccounts.Transfer(0, 5, Receiver, 1), "account limit exceeded");
        await Node.SendRawAsync(TestAccounts.Transfer(1, 1, Receiver, 1).Bytes());
    }

    [Theory]
    [InlineData("0x", "rlp")]
    [InlineData("0x02", "rlp")]
    [InlineData("0x03c0", "transaction type not supported")]
    [InlineData("0x02c0ff", "rlp")]
    public async Task Bytes_that_are_no_transaction_are_refused(string raw, string words)
    {
        var answer = await Node.AnswerAsync("eth_sendRawTransaction", raw);
        Assert.Contains(words, (string)answer["error"]!["message"]!, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(Transaction transaction, string words)
    {
        var height = await Node.HeightAsync();
        var answer = await Node.AnswerAsync("eth_sendRawTransaction", Hex(transaction.Bytes()));
        Assert.Equal(-32000, (int)answer["error"]!["code"]!);
        Assert.Contains(words, (string)answer["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(height, await Node.HeightAsync());
    }

    private static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
