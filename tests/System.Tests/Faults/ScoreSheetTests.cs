using System.Text;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Faults;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.Faults;

/// <summary>The score sheet of a hostile world finds what is planted, and nothing else.</summary>
public sealed class ScoreSheetTests
{
    private static readonly Address Honest = Address.FromBytes([.. Enumerable.Repeat((byte)1, 20)]);
    private static readonly UInt256 Budget = (UInt256)100UL;

    [Fact]
    public void A_world_in_which_everything_held_has_no_broken_rule() =>
        Assert.Empty(Broken([Settled(1), Refunded(2), Never(3)]));

    [Fact]
    public void Coins_that_are_not_accounted_for_are_found() => Assert.StartsWith(
        "deposits = paid", Assert.Single(Broken([Settled(1)], held: UInt256.One)), StringComparison.Ordinal);

    [Fact]
    public void A_credit_of_a_late_job_counts_as_given_back()
    {
        var late = Settled(1) with
        {
            Escrows =
            [
                Escrow(1, EscrowStatus.Completed) with
                {
                    Charge = 40, SubmittedAt = 9, Level = new EscrowLevel(3, 2_500, 8, 10),
                },
            ],
        };
        var rules = ScoreSheet.Judge([late], default, conservation: true, Honest, [], []);
        Assert.All(rules, r => Assert.True(r.Holds, r.Name));
        Assert.Contains(rules, r => r.Detail.StartsWith("100 = 30 + 70 + 0 atto-AIT", StringComparison.Ordinal));
    }

    [Fact]
    public void An_order_that_was_paid_twice_is_found()
    {
        var paid = Escrow(1, EscrowStatus.Completed);
        var twice = Settled(1) with { Escrows = [paid, paid] };
        Assert.Contains(Broken([twice]), r => r.StartsWith("each order", StringComparison.Ordinal));
    }

    [Fact]
    public void A_world_that_stands_still_and_a_job_whose_end_is_told_otherwise_than_the_chain_has_it_are_found()
    {
        var told = Refunded(1) with { Escrows = [Escrow(1, EscrowStatus.Completed)] };
        Assert.Contains(Broken([told]), r => r.StartsWith("each job has one end", StringComparison.Ordinal));
        Assert.Equal("the market went on", Assert.Single(Broken([Refunded(1)])));
        var open = Refunded(1) with { Escrows = [Escrow(1, EscrowStatus.Funded)] };
        Assert.Contains(
            Broken([open], held: Budget), r => r.StartsWith("each job has one end", StringComparison.Ordinal));
    }

    [Fact]
    public void A_charge_above_the_budget_is_found()
    {
        var paid = Escrow(1, EscrowStatus.Completed);
        var dear = Settled(1) with { Escrows = [paid with { Charge = Budget + UInt256.One }] };
        Assert.Contains(Broken([dear]), r => r.StartsWith("nobody was charged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_payment_without_a_receipt_and_one_whose_receipt_the_chain_contradicts_are_found()
    {
        foreach (var verdict in new ReceiptVerdict?[] { null, ReceiptVerdict.ContradictsChain })
        {
            var job = Settled(1) with { Receipt = verdict };
            Assert.StartsWith("every payment has a receipt", Assert.Single(Broken([job])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Work_of_the_honest_provider_that_was_not_paid_is_found()
    {
        var unpaid = Refunded(1) with { Escrows = [Escrow(1, EscrowStatus.Rejected) with { SubmittedAt = 5 }] };
        Assert.StartsWith(
            "what an honest provider", Assert.Single(Broken([unpaid, Settled(2)])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_result_an_attack_that_was_taken_and_a_daemon_that_is_gone_are_found()
    {
        var settled = Settled(1);
        var wrong = settled with { Client = settled.Client with { Output = "7 words"u8.ToArray() } };
        Assert.StartsWith("every result", Assert.Single(Broken([wrong])), StringComparison.Ordinal);
        var taken = new Attack("a second delivery", Refused: false, "it was taken");
        Assert.StartsWith(
            "nothing that is forbidden", Assert.Single(Broken([settled], attack: taken)), StringComparison.Ordinal);
        var gone = new Killed("node", TimeSpan.Zero, null);
        Assert.StartsWith(
            "every killed daemon", Assert.Single(Broken([settled], kill: gone)), StringComparison.Ordinal);
    }

    private static List<string> Broken(
        IReadOnlyList<AuditedJob> jobs, UInt256 held = default, Attack? attack = null, Killed? kill = null) =>
        [.. ScoreSheet.Judge(
            jobs, held, conservation: true, Honest, attack is null ? [] : [attack], kill is null ? [] : [kill])
            .Where(r => !r.Holds).Select(r => r.Name)];

    private static AuditedJob Settled(byte number) => Job(
        number, JobState.Settled, Encoding.UTF8.GetBytes(WordCount.Of([number])), ReceiptVerdict.Valid,
        [Escrow(number, EscrowStatus.Completed)]);

    private static AuditedJob Refunded(byte number) =>
        Job(number, JobState.Refunded, null, null, [Escrow(number, EscrowStatus.Rejected) with { SubmittedAt = 0 }]);

    private static AuditedJob Never(byte number) => new(
        new ClientJob(Keccak256.Hash([number]), [number], null, null, null, default, default), null, [], null);

    private static AuditedJob Job(
        byte number, JobState state, byte[]? output, ReceiptVerdict? verdict, IReadOnlyList<EscrowJob> escrows)
    {
        var spec = WasmTask.Make([0], "words").Spec;
        var id = Keccak256.Hash([number]);
        var view = new JobView
        {
            Id = id,
            ClientKey = default,
            State = state,
            Spec = spec,
            Terms = new JobTerms
            {
                JobId = id,
                ChainId = 7777,
                Escrow = SystemContractAddresses.JobEscrow,
                Client = Address.Zero,
                Provider = Honest,
                Evaluator = Address.Zero,
                Engine = spec.Engine,
                SpecHash = spec.Hash(),
                UnitKind = "fuel",
                UnitPrice = UInt256.One,
                UnitsPer = 1,
                Budget = Budget,
                ExpiresAt = 1,
                EvaluationWindow = 60,
            },
            TermsHash = default,
            CreatedAt = default,
            UpdatedAt = default,
        };
        return new AuditedJob(
            new ClientJob(id, [number], view, output, null, default, default), view, escrows, verdict);
    }

    private static EscrowJob Escrow(byte number, EscrowStatus status) => new()
    {
        Id = number,
        Client = Address.Zero,
        Provider = Honest,
        Evaluator = Address.Zero,
        Description = "",
        Budget = Budget,
        ExpiredAt = 1,
        Status = status,
        Hook = Address.Zero,
        PaymentToken = SystemContractAddresses.Token,
        ProviderAgentId = default,
        SubmittedAt = 5,
        JobKey = Keccak256.Hash([number]),
        Terms = default,
        EvaluationWindow = 60,
        Charge = status == EscrowStatus.Completed ? (UInt256)40UL : default,
        Deliverable = default,
    };
}
