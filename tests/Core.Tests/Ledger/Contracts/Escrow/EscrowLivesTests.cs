using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Reexecution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;
using static Core.Tests.Ledger.Contracts.Escrow.EscrowMarket;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>
/// Random lives of jobs, stock ones too, with and without windows, levels, hooks and disputes. After every step the
/// escrow has exactly what its open jobs were funded with and the hook exactly the stakes of open disputes; what ended
/// stays as it is; in the end a stranger can bring every job to rest; and each paid out exactly what it was funded
/// with, once.
/// </summary>
public sealed class EscrowLivesTests
{
    private static readonly byte[] None = [];

    [Fact]
    public void I9_coins_are_conserved_and_every_job_ends_over_random_lives() =>
        Gen.Select(Gen.Int[0, 23], Gen.Int[0, 3], Gen.Int[1, 3], Gen.Int[0, 15]).Array[1, 60].Sample(
            steps =>
            {
                var life = new Life();
                foreach (var (action, who, job, seconds) in steps)
                {
                    life.Step(action, who, (UInt256)(ulong)job, (ulong)seconds);
                    life.AssertBooks();
                }

                life.AssertThatAStrangerEndsAll();
                life.AssertThatEveryJobPaidOutOnceWhatItWasFundedWith();
            },
            iter: 100);

    private sealed class Life
    {
        private static readonly AbiEvent[] Payments =
            [EscrowAbi.PlatformFeePaid, EscrowAbi.EvaluatorFeePaid, EscrowAbi.PaymentReleased, EscrowAbi.Refunded];

        private static readonly AbiEvent[] Ends =
            [EscrowAbi.JobCompleted, EscrowAbi.JobRejected, EscrowAbi.JobExpired];

        private readonly EscrowMarket market = new(platformBp: 250, evaluatorBp: 125);
        private readonly Dictionary<UInt256, EscrowStatus> ended = [];
        private readonly List<Log> told = [];
        private int orders;

        public Life() => market.Token.Do(
            Client, AbiFunction.Parse("approve(address,uint256)(bool)"), SystemContracts.JobEscrow, UInt256.MaxValue);

        private Devnet Net => market.Net;

        public void Step(int action, int who, UInt256 id, ulong seconds)
        {
            Net.Seconds += seconds;
            if (action is 19 or 20 or <= 3 && Jobs().Count() >= 3)
                action = 13; // few jobs with long lives rather than many that nobody looks at
            var result = seconds % 4 == 0 ? Other : Result;
            Keep(action switch
            {
                0 => Open(0),
                1 => Open(60),
                2 or 3 => OpenWithHook(),
                4 or 5 => market.Escrow.Send(Provider, EscrowAbi.Submit, default, id, Result, Word(seconds + 9UL)),
                6 => market.Escrow.Send(Provider, EscrowAbi.Submit, default, id, Result, Claim(seconds + 9UL, Other)),
                7 => market.Escrow.Send(who, EscrowAbi.Complete, default, id, Result, None),
                8 => market.Escrow.Send(who, EscrowAbi.Reject, default, id, Result, None),
                9 => market.Escrow.Send(who, EscrowAbi.ClaimRefund, default, id),
                10 => market.Escrow.Send(who, EscrowAbi.ClaimPayment, default, id),
                11 or 12 => market.Dispute(who / 2 * 2, id),
                >= 13 and <= 18 => market.Hook.Send(4 + (who % 3), ReexecutionAbi.Vote, default, id, result),
                19 => Create(seconds % 2 == 0 ? Address.Zero : SystemContracts.ReexecutionHook),
                20 => OpenWithLevel(seconds),
                21 => market.Escrow.Send(
                    who % 2, EscrowAbi.SetBudget, default, id, SystemContracts.AitToken, Budget + seconds, None),
                _ => Fund(id, seconds),
            });
        }

        public void AssertBooks()
        {
            UInt256 held = default, stakes = default;
            foreach (var id in Jobs())
            {
                var (status, dispute) = (market.Status(id), market.Hook.Read(ReexecutionAbi.Disputes, id));
                var isDisputed = (DisputeState)(ulong)(UInt256)dispute[0]! == DisputeState.Disputed;
                if (status is EscrowStatus.Funded or EscrowStatus.Submitted)
                    held += BudgetOf(id);
                if (isDisputed)
                    stakes += (UInt256)dispute[2]!;
                Assert.True(!isDisputed || status == EscrowStatus.Submitted);
                if (ended.TryGetValue(id, out var before))
                    Assert.Equal(before, status);
                else if (status > EscrowStatus.Submitted)
                    ended[id] = status;
            }

            Assert.Equal(held, Net.BalanceOf(SystemContracts.JobEscrow));
            Assert.Equal(stakes, Net.BalanceOf(SystemContracts.ReexecutionHook));
            Assert.Equal(stakes, market.Hook.Read(ReexecutionAbi.TotalHeld)[0]);
        }

        public void AssertThatAStrangerEndsAll()
        {
            Net.Seconds += 10_000;
            foreach (var id in Jobs())
            {
                Keep(market.Escrow.Send(Stranger, EscrowAbi.ClaimPayment, default, id));
                Keep(market.Escrow.Send(Stranger, EscrowAbi.ClaimRefund, default, id));
                Assert.True(market.Status(id) > EscrowStatus.Submitted);
            }

            Assert.Equal(default, Net.BalanceOf(SystemContracts.JobEscrow));
            Assert.Equal(default, Net.BalanceOf(SystemContracts.ReexecutionHook));
        }

        public void AssertThatEveryJobPaidOutOnceWhatItWasFundedWith()
        {
            foreach (var id in Jobs())
            {
                Assert.Single(Told(id, Ends));
                var isFunded = Told(id, EscrowAbi.JobFunded).Any();
                var paid = Told(id, Payments).Aggregate(UInt256.Zero, (sum, e) => sum + (UInt256)e[2]!);
                Assert.Equal(isFunded ? BudgetOf(id) : UInt256.Zero, paid);
                AssertThatALateJobCost(id);
                var released = Told(id, EscrowAbi.PaymentReleased).Count();
                Assert.Equal(market.Status(id) == EscrowStatus.Completed ? 1 : 0, released);
                Assert.True(Told(id, EscrowAbi.Refunded).Count() <= 1);
            }
        }

        private void AssertThatALateJobCost(UInt256 id)
        {
            var (level, charge) = (
                market.Escrow.Read(EscrowAbi.JobLevel, id), (UInt256)market.Escrow.Read(EscrowAbi.JobTerms, id)[3]!);
            var missed = Told(id, EscrowAbi.LevelMissed).ToList();
            Assert.True(missed.Count <= 1);
            Assert.Equal(missed.Count == 0 ? UInt256.Zero : (UInt256)missed[0][2]!, (UInt256)level[3]!);
            Assert.True(missed.Count == 0 || (UInt256)level[3]! > UInt256.Zero);
            if (market.Status(id) != EscrowStatus.Completed)
                return;
            var kept = Told(id, EscrowAbi.PlatformFeePaid, EscrowAbi.EvaluatorFeePaid, EscrowAbi.PaymentReleased)
                .Aggregate(UInt256.Zero, (sum, e) => sum + (UInt256)e[2]!);
            Assert.True(kept <= charge - (UInt256)level[3]!);
        }

        private IEnumerable<object?[]> Told(UInt256 id, params AbiEvent[] events) =>
            from log in told
            let kind = Array.Find(events, e => e.Topic0 == log.Topics[0])
            where kind is not null && log.Address == SystemContracts.JobEscrow
            let values = kind.TryDecode(log.Topics, log.Data.Span)!
            where (UInt256)values[0]! == id
            select values;

        private void Keep(Receipt receipt) => told.AddRange(receipt.Logs);

        private UInt256 BudgetOf(UInt256 id) =>
            (UInt256)((object?[])market.Escrow.Read(EscrowAbi.GetJob, id)[0]!)[5]!;

        private IEnumerable<UInt256> Jobs()
        {
            var count = (ulong)(UInt256)market.Escrow.Read(EscrowAbi.JobCounter)[0]!;
            for (var id = 1UL; id <= count; id++)
                yield return id;
        }

        private static byte[] Claim(ulong charge, Hash256 result) => [.. Word(charge), .. result.ToArray()];

        private Receipt Create(Address hook) =>
            market.Escrow.Send(Client, EscrowAbi.CreateJob, default, market.CreateArguments(hook));

        private Receipt Fund(UInt256 id, ulong seconds)
        {
            var job = (object?[])market.Escrow.Read(EscrowAbi.GetJob, id)[0]!;
            var hasHook = (Address)job[8]! == SystemContracts.ReexecutionHook;
            var options = hasHook ? market.Terms(window: 300, votingTime: 250) : seconds % 2 == 0 ? None : Word(60UL);
            return market.Escrow.Send(Client, EscrowAbi.Fund, default, id, (UInt256)job[5]!, options);
        }

        private Receipt Open(ulong window) => market.Escrow.Send(
            Client, EscrowAbi.OpenJob, Budget, JobId.ClientKey("k" + orders++), Net.At(Provider), Net.At(Evaluator),
            (UInt256)(Net.Seconds + 600), (UInt256)window, Result);

        private Receipt OpenWithLevel(ulong seconds) => market.Escrow.Send(
            Client, EscrowAbi.OpenJobWithLevel, Budget, JobId.ClientKey("k" + orders++), Net.At(Provider),
            Net.At(Evaluator), (UInt256)(Net.Seconds + 600), (UInt256)60UL, Result, (UInt256)(1UL + seconds),
            (UInt256)(1UL + (seconds * 600)));

        private Receipt OpenWithHook() => market.Escrow.Send(
            Client, EscrowAbi.OpenJobWithHook, Budget, JobId.ClientKey("k" + orders++), Net.At(Provider),
            Net.At(Evaluator), (UInt256)(Net.Seconds + 600), Result, SystemContracts.ReexecutionHook,
            market.Terms(window: 300, votingTime: 250));
    }
}
