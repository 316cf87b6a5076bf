using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Transactions;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Transfers, fees and the closed verdicts.</summary>
public sealed class TransferTests
{
    private static readonly Address Dead = Address.Parse("0x000000000000000000000000000000000000dEaD");

    [Fact]
    public void A_transfer_moves_the_value_burns_the_base_fee_and_tips_the_miner()
    {
        var net = new Devnet();
        var before = net.BalanceOf(net.At(0));
        var baseFee = net.Next.BaseFee;
        var receipt = Assert.Single(net.Mine(net.Sign(0, Dead, 5)).Receipts);
        Assert.True(receipt.Succeeded);
        Assert.Equal(21_000UL, receipt.GasUsed);
        Assert.Equal((UInt256)5UL, net.BalanceOf(Dead));
        Assert.Equal((UInt256)21_000UL * 1_000_000_000UL, net.BalanceOf(Devnet.Miner));
        Assert.Equal(baseFee * 21_000UL, Supply.Read(net.Store).Burned);
        Assert.Equal(before - 5UL - (receipt.EffectiveGasPrice * 21_000UL), net.BalanceOf(net.At(0)));
    }

    [Fact]
    public void Transfer_beyond_balance_is_rejected_and_changes_nothing()
    {
        var net = new Devnet();
        var root = new Devnet().Mine().Block.Header.StateRoot;
        var result = net.Mine(net.Sign(0, Dead, Amount.FromAit(100).Atto));
        Assert.Equal(TransactionVerdict.InsufficientFunds, Assert.Single(result.Refused).Verdict);
        Assert.Empty(result.Receipts);
        Assert.Equal(root, result.Block.Header.StateRoot);
    }

    [Fact]
    public void Every_verdict_is_reached_by_its_fault()
    {
        var net = new Devnet();
        net.Mine(net.Sign(0, Dead, 1));
        var good = net.Sign(0, Dead, 1) with { Signature = null };
        (Transaction Bad, TransactionVerdict Verdict)[] faults =
        [
            (good with { ChainId = 1 }, TransactionVerdict.WrongChain),
            (good with { Nonce = 0 }, TransactionVerdict.NonceTooLow),
            (good with { Nonce = 9 }, TransactionVerdict.NonceTooHigh),
            (good with { To = null }, TransactionVerdict.CreationNotSupported),
            (good with { MaxPriorityFeePerGas = 11_000_000_000 }, TransactionVerdict.TipAboveFeeCap),
            (good with { MaxFeePerGas = 1, MaxPriorityFeePerGas = 1 }, TransactionVerdict.FeeCapBelowBaseFee),
            (good with { GasLimit = 20_999 }, TransactionVerdict.IntrinsicGasTooLow),
            (good with { GasLimit = 300_000_001 }, TransactionVerdict.ExceedsBlockGasLimit),
            (good with { Value = UInt256.MaxValue }, TransactionVerdict.InsufficientFunds),
        ];
        foreach (var (bad, verdict) in faults)
            Assert.Equal(verdict, Assert.Single(net.Mine(bad.Sign(net.Keys[0])).Refused).Verdict);
        Assert.Equal(TransactionVerdict.InvalidSender, Assert.Single(net.Mine(good).Refused).Verdict);
    }

    [Fact]
    public void An_overdraft_with_a_foreign_signature_is_refused()
    {
        var net = new Devnet();
        var forged = net.Sign(0, Dead, 1) with { Value = 2 };
        Assert.NotEqual(TransactionVerdict.Valid, Assert.Single(net.Mine(forged).Refused).Verdict);
    }

    [Fact]
    public void A_reverted_call_keeps_only_nonce_and_fee()
    {
        var net = new Devnet();
        var transfer = AbiFunction.Parse("transfer(address,uint256)(bool)");
        var data = transfer.EncodeCall(Dead, Amount.FromAit(1_000_000).Atto);
        var receipt = Assert.Single(net.Mine(net.Sign(1, SystemContracts.AitToken, 0, data)).Receipts);
        Assert.False(receipt.Succeeded);
        Assert.Empty(receipt.Logs);
        Assert.Equal(default, net.BalanceOf(Dead));
        Assert.Equal(1UL, net.Store.GetAccount(net.At(1))!.Value.Nonce);
    }

    [Fact]
    public void The_token_is_the_coin_as_erc20()
    {
        var net = new Devnet();
        var token = SystemContracts.AitToken;
        var approve = AbiFunction.Parse("approve(address,uint256)(bool)").EncodeCall(net.At(1), (UInt256)7UL);
        var pull = AbiFunction.Parse("transferFrom(address,address,uint256)(bool)");
        Assert.True(net.Mine(net.Sign(0, token, 0, approve)).Receipts[0].Succeeded);
        Assert.False(
            net.Mine(net.Sign(1, token, 0, pull.EncodeCall(net.At(0), Dead, (UInt256)8UL))).Receipts[0].Succeeded);
        Assert.True(
            net.Mine(net.Sign(1, token, 0, pull.EncodeCall(net.At(0), Dead, (UInt256)7UL))).Receipts[0].Succeeded);
        Assert.False(
            net.Mine(net.Sign(1, token, 0, pull.EncodeCall(net.At(0), Dead, (UInt256)1UL))).Receipts[0].Succeeded);
        var balance = AbiFunction.Parse("balanceOf(address)(uint256)");
        Assert.Equal(
            (UInt256)7UL, balance.DecodeResult(net.Call(0, token, balance.EncodeCall(Dead)).ReturnData.Span)[0]);
    }

    [Fact]
    public void A_snapshot_restores_exactly()
    {
        var net = new Devnet();
        var world = new WorldState(net.Store);
        world.AddBalance(Dead, 5);
        var mark = world.Snapshot();
        var root = world.Commit().StateRoot;
        world.AddBalance(Dead, 1);
        world.SetNonce(Dead, 3);
        world.SetStorage(new StorageKey(SystemContracts.JobEscrow, default), 9);
        world.Revert(mark);
        Assert.Equal(root, world.Commit().StateRoot);
    }
}
