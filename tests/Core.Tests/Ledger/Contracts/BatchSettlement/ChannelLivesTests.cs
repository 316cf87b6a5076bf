using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>Random lives of channels against a model in plain numbers.</summary>
public sealed class ChannelLivesTests
{
    private const int Channels = 3;

    private enum Act
    {
        Deposit,
        Claim,
        ClaimSigned,
        Settle,
        Initiate,
        FinalizeWithdraw,
        Refund,
        RefundSigned,
        Wait,
    }

    [Fact]
    public void Channels_pay_out_exactly_what_a_naive_model_says_and_never_more_than_came_in() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, Channels - 1], Gen.Int[0, 4], Gen.ULong[0, 12], Gen.ULong[0, 12])
            .Array[1, 30]
            .Sample(
                steps =>
                {
                    var life = new Life();
                    foreach (var (act, channel, who, amount, ceiling) in steps)
                        life.Step((Act)act, channel, who, amount, ceiling);
                },
                iter: 100);

    private sealed class Life
    {
        private readonly ChannelDesk desk = new();
        private readonly ChannelConfig[] configs;
        private readonly Model[] models = [new(), new(), new()];
        private ulong deposited;
        private ulong paidOut;
        private ulong earned;
        private ulong settled;

        public Life() => configs = [desk.Channel(0), desk.Channel(1, hasAuthorizer: false), desk.Channel(2)];

        public void Step(Act act, int index, int who, ulong amount, ulong ceiling)
        {
            if (act == Act.Wait)
            {
                desk.Net.Seconds += 90 * amount;
                return;
            }

            var (config, model) = (configs[index], models[index]);
            var (before, due) = (model with { }, earned - settled);
            var (function, arguments) = Call(act, config, model, amount, ceiling);
            var expected = Apply(act, model, Role(config, who), amount, ceiling);
            if (expected is not null)
                models[index] = before;
            Assert.Equal(expected, desk.Refusal(who, function, arguments));
            var receipt = desk.Net.Send(who, ChannelDesk.Contract, function, arguments);
            Assert.Equal(expected is null, receipt.Succeeded);
            if (expected is null)
                Account(act, before, models[index], due, receipt);
            AssertSame();
        }

        private (AbiFunction, object?[]) Call(
            Act act, ChannelConfig config, Model model, ulong amount, ulong ceiling) => act switch
            {
                Act.Deposit => (BatchSettlementAbi.Deposit, desk.Deposit(config, amount)),
                Act.Claim => (BatchSettlementAbi.Claim, ChannelDesk.Rows(desk.Row(config, ceiling, amount))),
                Act.ClaimSigned => (
                    BatchSettlementAbi.ClaimWithSignature,
                    [
                        new object?[] { desk.Row(config, ceiling, amount) },
                        desk.SignBatch(ChannelDesk.ReceiverAuthorizer, (config, ceiling, amount)),
                    ]),
                Act.Settle => (BatchSettlementAbi.Settle, [config.Receiver, config.Token]),
                Act.Initiate => (BatchSettlementAbi.InitiateWithdraw, [config.ToTuple(), (UInt256)amount]),
                Act.FinalizeWithdraw => (BatchSettlementAbi.FinalizeWithdraw, [config.ToTuple()]),
                Act.Refund => (BatchSettlementAbi.Refund, [config.ToTuple(), (UInt256)amount]),
                _ => (
                    BatchSettlementAbi.RefundWithSignature,
                    [
                        config.ToTuple(), (UInt256)amount, (UInt256)model.Refunds,
                        desk.SignRefund(config, model.Refunds, amount),
                    ]),
            };

        private string? Apply(
            Act act, Model model, (bool IsPayers, bool IsReceivers) role, ulong amount, ulong ceiling) => act switch
            {
                Act.Deposit when amount == 0 => "ZeroDeposit",
                Act.Deposit => model.Deposit(amount),
                Act.Claim when !role.IsReceivers => "NotAuthorizedToClaim",
                Act.Claim or Act.ClaimSigned => model.Claim(amount, ceiling),
                Act.Initiate => role.IsPayers ? model.Initiate(amount, desk.Net.Seconds) : "InvalidChannel",
                Act.FinalizeWithdraw => role.IsPayers
                    ? model.FinalizeWithdraw(desk.Net.Seconds)
                    : "NotAuthorizedToFinalizeWithdraw",
                Act.Refund when !role.IsReceivers => "NotAuthorizedToRefund",
                Act.Refund or Act.RefundSigned => model.Refund(amount),
                _ => null,
            };

        private (bool IsPayers, bool IsReceivers) Role(ChannelConfig config, int who) => (
            who == ChannelDesk.Payer || desk.Net.At(who) == config.PayerAuthorizer,
            who is ChannelDesk.Receiver or ChannelDesk.ReceiverAuthorizer);

        private void Account(Act act, Model before, Model after, ulong due, Receipt receipt)
        {
            var paid = receipt.Logs
                .Select(l => l.Address == SystemContracts.AitToken
                    ? TokenAbi.Transferred.TryDecode(l.Topics, l.Data.Span)
                    : null)
                .Where(t => t is not null && t[0]!.Equals(ChannelDesk.Contract))
                .Aggregate(0UL, (sum, t) => sum + (ulong)(UInt256)t![2]!);
            earned += after.Claimed - before.Claimed;
            deposited += act == Act.Deposit ? after.Balance - before.Balance : 0;
            Assert.Equal(act == Act.Settle ? due : act == Act.Deposit ? 0 : before.Balance - after.Balance, paid);
            settled += act == Act.Settle ? due : 0;
            paidOut += paid;
            Assert.True(after.Claimed >= before.Claimed);
            Assert.True(paidOut <= deposited);
        }

        // Every channel as in the model, and the coins of the contract are the sum of what it owes.
        private void AssertSame()
        {
            for (var i = 0; i < Channels; i++)
            {
                var model = models[i];
                Assert.Equal(((UInt256)model.Balance, (UInt256)model.Claimed), desk.State(configs[i]));
                Assert.Equal(((UInt256)model.Pending, (UInt256)model.Since), desk.Pending(configs[i]));
            }

            Assert.Equal(((UInt256)earned, (UInt256)settled), desk.Earned());
            var owed = models.Aggregate(earned - settled, (sum, m) => sum + m.Balance - m.Claimed);
            Assert.Equal((UInt256)owed, desk.Held());
            Assert.Equal((UInt256)owed, desk.Net.BalanceOf(ChannelDesk.Contract));
            Assert.Equal(deposited - paidOut, owed);
        }
    }

    private sealed record Model
    {
        public ulong Balance { get; private set; }

        public ulong Claimed { get; private set; }

        public ulong Pending { get; private set; }

        public ulong Since { get; private set; }

        public ulong Refunds { get; private set; }

        private ulong Available => Balance - Claimed;

        public string? Deposit(ulong amount)
        {
            Balance += amount;
            return null;
        }

        public string? Claim(ulong total, ulong ceiling)
        {
            if (total <= Claimed)
                return null;
            if (total > ceiling)
                return "ClaimExceedsCeiling";
            if (total > Balance)
                return "ClaimExceedsBalance";
            Claimed = total;
            return null;
        }

        public string? Initiate(ulong amount, ulong now)
        {
            if (amount == 0)
                return "NothingToWithdraw";
            if (Since != 0)
                return "WithdrawalAlreadyPending";
            if (amount > Available)
                return "WithdrawAmountExceedsAvailable";
            (Pending, Since) = (amount, now);
            return null;
        }

        public string? FinalizeWithdraw(ulong now)
        {
            if (Since == 0)
                return "WithdrawalNotPending";
            if (now < Since + 900)
                return "WithdrawDelayNotElapsed";
            Balance -= Math.Min(Pending, Available);
            (Pending, Since) = (0, 0);
            return null;
        }

        public string? Refund(ulong amount)
        {
            if (amount == 0)
                return "ZeroRefund";
            Refunds++;
            var paid = Math.Min(amount, Available);
            Balance -= paid;
            if (paid >= Pending && paid > 0)
                (Pending, Since) = (0, 0);
            else if (Since != 0)
                Pending -= paid;
            return null;
        }
    }
}
