using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Multicall;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Multicall;

/// <summary>Multicall3: selectors, failures, values and what it tells of the block.</summary>
public sealed class MulticallTests
{
    private static readonly Address Multicall = SystemContracts.Multicall3;
    private static readonly Address Token = SystemContracts.AitToken;
    private static readonly Address Dead = Address.Parse("0x000000000000000000000000000000000000dEaD");
    private static readonly byte[] Name = TokenAbi.Name.EncodeCall();
    private static readonly byte[] Failing = TokenAbi.Transfer.EncodeCall(Dead, UInt256.MaxValue);

    [Fact]
    public void Every_function_has_its_published_selector()
    {
        (string, string)[] published =
        [
            ("0x252dba42", "aggregate((address,bytes)[])"),
            ("0xbce38bd7", "tryAggregate(bool,(address,bytes)[])"),
            ("0x399542e9", "tryBlockAndAggregate(bool,(address,bytes)[])"),
            ("0xc3077fa9", "blockAndAggregate((address,bytes)[])"),
            ("0x82ad56cb", "aggregate3((address,bool,bytes)[])"),
            ("0x174dea71", "aggregate3Value((address,bool,uint256,bytes)[])"),
            ("0xee82ac5e", "getBlockHash(uint256)"),
            ("0x27e86d6e", "getLastBlockHash()"),
            ("0x42cbb15c", "getBlockNumber()"),
            ("0x3e64a696", "getBasefee()"),
            ("0x3408e470", "getChainId()"),
            ("0xa8b0574e", "getCurrentBlockCoinbase()"),
            ("0x72425d9d", "getCurrentBlockDifficulty()"),
            ("0x86d516e8", "getCurrentBlockGasLimit()"),
            ("0x0f28c97d", "getCurrentBlockTimestamp()"),
            ("0x4d2301cc", "getEthBalance(address)"),
        ];
        Assert.Equal(published.Order(), MulticallContract.Table.Listed());
    }

    [Fact]
    public void The_four_reads_of_an_x402_facilitator_come_back_in_one_call()
    {
        var net = new Devnet();
        var results = (object?[])net.View(Multicall, MulticallAbi.TryAggregate, false, Calls(
            (Token, TokenAbi.BalanceOf.EncodeCall(net.At(0))),
            (Token, Name),
            (Token, TokenAbi.Version.EncodeCall()),
            (Token, TokenAbi.AuthorizationState.EncodeCall(net.At(0), Hash256.Zero))))[0]!;
        Assert.Equal(
            [
                (true, TokenAbi.BalanceOf.EncodeResult(net.BalanceOf(net.At(0)))),
                (true, TokenAbi.Name.EncodeResult("AIT")),
                (true, TokenAbi.Version.EncodeResult("1")),
                (true, TokenAbi.AuthorizationState.EncodeResult(false)),
            ],
            results.Select(Result));
    }

    [Fact]
    public void A_failed_call_is_told_with_its_reason_or_refuses_all()
    {
        var net = new Devnet();
        var mixed = Calls((Token, Name), (Token, Failing), (Dead, Name));
        var results = (object?[])net.View(Multicall, MulticallAbi.TryAggregate, false, mixed)[0]!;
        Assert.Equal([true, false, true], results.Select(r => Result(r).Succeeded));
        Assert.Equal(
            AbiFunction.Parse("Error(string)").EncodeCall("ERC20: transfer amount exceeds balance"),
            Result(results[1]).Data);
        Assert.Empty(Result(results[2]).Data);
        const string Refused = "Multicall3: call failed";
        Assert.Equal(Refused, net.Refusal(0, Multicall, MulticallAbi.TryAggregate, true, mixed));
        Assert.Equal(Refused, net.Refusal(0, Multicall, MulticallAbi.TryBlockAndAggregate, true, mixed));
        Assert.Equal(Refused, net.Refusal(0, Multicall, MulticallAbi.Aggregate, new object?[] { mixed }));
        Assert.Equal(Refused, net.Refusal(0, Multicall, MulticallAbi.BlockAndAggregate, new object?[] { mixed }));
        Assert.Equal(Refused, net.Refusal(0, Multicall, MulticallAbi.Aggregate3, Calls3((Token, false, Failing))));
        Assert.Equal(
            Refused, net.Refusal(0, Multicall, MulticallAbi.Aggregate3Value, ValueCalls((Token, false, 0, Failing))));
        Assert.Null(net.Refusal(0, Multicall, MulticallAbi.Aggregate3, Calls3((Token, true, Failing))));
    }

    [Fact]
    public void A_failed_call_in_the_middle_is_undone_with_its_events_and_the_others_stay()
    {
        var net = new Devnet();
        var approve = TokenAbi.Approve.EncodeCall(net.At(0), (UInt256)5UL);
        var nested = MulticallAbi.Aggregate.EncodeCall(new object?[] { Calls((Token, approve), (Token, Failing)) });
        var receipt = net.Send(0, Multicall, MulticallAbi.Aggregate3, Calls3(
            (Token, true, TokenAbi.Approve.EncodeCall(net.At(1), (UInt256)6UL)), (Multicall, true, nested)));
        Assert.True(receipt.Succeeded);
        Assert.Equal([net.At(1)], receipt.Logs.Select(l =>
            (Address)TokenAbi.Approved.TryDecode(l.Topics, l.Data.Span)![1]!));
        Assert.Equal(UInt256.Zero, net.View(Token, TokenAbi.Allowance, Multicall, net.At(0))[0]);
        Assert.Equal((UInt256)6UL, net.View(Token, TokenAbi.Allowance, Multicall, net.At(1))[0]);
    }

    [Fact]
    public void A_call_is_made_in_the_name_of_the_contract_and_never_of_its_caller()
    {
        var net = new Devnet();
        var one = TokenAbi.Transfer.EncodeCall(Dead, UInt256.One);
        Assert.Equal(
            "Multicall3: call failed",
            net.Refusal(0, Multicall, MulticallAbi.Aggregate, new object?[] { Calls((Token, one)) }));
        var pull = TokenAbi.TransferFrom.EncodeCall(net.At(0), Dead, UInt256.One);
        Assert.Equal(
            "Multicall3: call failed",
            net.Refusal(0, Multicall, MulticallAbi.Aggregate, new object?[] { Calls((Token, pull)) }));
    }

    [Fact]
    public void Values_are_paid_and_their_sum_must_be_what_came_along()
    {
        var net = new Devnet();
        var calls = ValueCalls((Dead, false, 3, []), (net.At(1), false, 4, []));
        var data = MulticallAbi.Aggregate3Value.EncodeCall(calls);
        var before = net.BalanceOf(net.At(1));
        Assert.True(net.Mine(net.Sign(0, Multicall, 7, data)).Receipts[0].Succeeded);
        Assert.Equal((UInt256)3UL, net.BalanceOf(Dead));
        Assert.Equal(before + 4UL, net.BalanceOf(net.At(1)));
        Assert.Equal(default, net.BalanceOf(Multicall));
        foreach (var value in (ulong[])[6, 8])
            Assert.False(net.Mine(net.Sign(0, Multicall, value, data)).Receipts[0].Succeeded);
        var mismatch = net.Call(0, Multicall, data, 8);
        Assert.Equal(
            AbiFunction.Parse("Error(string)").EncodeCall("Multicall3: value mismatch"),
            mismatch.ReturnData.ToArray());
        Assert.Equal((UInt256)3UL, net.BalanceOf(Dead));
    }

    [Fact]
    public void A_value_for_a_function_that_takes_none_fails_that_call_alone()
    {
        var net = new Devnet();
        var calls = ValueCalls((Token, true, 3, Name), (Dead, false, 0, []));
        var result = net.Call(0, Multicall, MulticallAbi.Aggregate3Value.EncodeCall(calls), 3);
        Assert.True(result.Succeeded);
        var results = (object?[])MulticallAbi.Aggregate3Value.DecodeResult(result.ReturnData.Span)[0]!;
        Assert.Equal([false, true], results.Select(r => Result(r).Succeeded));
    }

    [Fact]
    public void Calls_that_nest_too_deep_fail_and_those_within_run()
    {
        var net = new Devnet();
        Assert.Equal([true, false], new[] { 63, 64 }.Select(depth =>
        {
            var data = Name;
            var target = Token;
            for (var i = 0; i < depth; i++, target = Multicall)
                data = MulticallAbi.Aggregate.EncodeCall(new object?[] { Calls((target, data)) });
            return net.Call(0, Multicall, data).Succeeded;
        }));
    }

    [Fact]
    public void Too_little_gas_for_an_inner_call_is_too_little_for_all()
    {
        var net = new Devnet();
        var data = MulticallAbi.Aggregate3.EncodeCall(Calls3((Token, true, Name), (Token, true, Failing)));
        var enough = net.Call(0, Multicall, data).GasUsed;
        var less = Aitbc.Ledger.Execution.BlockExecutor.Call(
            net.Store, net.At(0), Multicall, default, data, enough - 1, net.Next);
        Assert.True(less.RanOutOfGas);
        Assert.True(Aitbc.Ledger.Execution.BlockExecutor.Call(
            net.Store, net.At(0), Multicall, default, data, enough, net.Next).Succeeded);
    }

    [Fact]
    public void The_block_that_runs_is_told()
    {
        var net = new Devnet();
        net.Mine();
        net.Seconds += 5;
        var next = net.Next;
        (AbiFunction Function, object? Expected)[] views =
        [
            (MulticallAbi.GetBlockNumber, (UInt256)2UL),
            (MulticallAbi.GetBasefee, next.BaseFee),
            (MulticallAbi.GetChainId, (UInt256)Devnet.ChainId),
            (MulticallAbi.GetCoinbase, Devnet.Miner),
            (MulticallAbi.GetDifficulty, UInt256.Zero),
            (MulticallAbi.GetGasLimit, (UInt256)300_000_000UL),
            (MulticallAbi.GetTimestamp, (UInt256)net.Seconds),
            (MulticallAbi.GetLastBlockHash, net.Head.Hash()),
        ];
        foreach (var (function, expected) in views)
            Assert.Equal(expected, net.View(Multicall, function)[0]);
        Assert.Equal(net.BalanceOf(net.At(1)), net.View(Multicall, MulticallAbi.GetEthBalance, net.At(1))[0]);
        var block = net.View(Multicall, MulticallAbi.BlockAndAggregate, new object?[] { Calls((Token, Name)) });
        Assert.Equal([(UInt256)2UL, Hash256.Zero], block[..2]);
        var aggregate = net.View(Multicall, MulticallAbi.Aggregate, new object?[] { Calls((Token, Name)) });
        Assert.Equal((UInt256)2UL, aggregate[0]);
        Assert.Equal(TokenAbi.Name.EncodeResult("AIT"), ((object?[])aggregate[1]!)[0]);
    }

    private static object?[] Calls(params (Address, byte[])[] calls) =>
        [.. calls.Select(c => new object?[] { c.Item1, c.Item2 })];

    private static object?[] Calls3(params (Address, bool, byte[])[] calls) =>
        [(object?[])[.. calls.Select(c => new object?[] { c.Item1, c.Item2, c.Item3 })]];

    private static object?[] ValueCalls(params (Address, bool, ulong, byte[])[] calls) =>
        [(object?[])[.. calls.Select(c => new object?[] { c.Item1, c.Item2, (UInt256)c.Item3, c.Item4 })]];

    private static (bool Succeeded, byte[] Data) Result(object? result) =>
        ((bool)((object?[])result!)[0]!, (byte[])((object?[])result)[1]!);
}
