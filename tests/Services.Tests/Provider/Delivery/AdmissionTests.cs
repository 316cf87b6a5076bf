using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Admission;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Delivery;

/// <summary>Nothing runs before the provider itself saw on the chain that it is paid (specs/provider.md).</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private readonly ShiftedTime _time = new();
    private readonly CountingEngine _engine = new();
    private readonly TemporaryFolder _folder = new();
    private ScriptedChain _chain = null!;
    private Daemon _daemon = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = await ScriptedChain.StartAsync();
        _chain.NowSeconds = Now;
        _daemon = await Daemon.StartAsync(_chain, _engine, _time, _folder.Path, o => o.Levels.Add("wasm=60s:25%"));
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    private ulong Now => (ulong)_time.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task A_funded_job_runs_and_its_signed_receipt_is_in_the_escrow()
    {
        var order = Order.Make(_time);
        _chain.Put(order.Terms.Funded());
        var (status, body) = await _daemon.SendAsync(order);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("delivered", (string?)body["state"]);
        var receipt = ReceiptFile.TryParse(System.Text.Encoding.UTF8.GetBytes(body["receipt"]!.ToJsonString()))!;
        Assert.True(ReceiptVerifier.Verify(receipt, [Order.Provider], CountingEngine.Result).IsValid);
        var job = _chain.Job(1);
        Assert.Equal(EscrowStatus.Submitted, job.Status);
        Assert.Equal(receipt.Receipt.Digest(), job.Deliverable);
        Assert.Equal((UInt256)80UL, job.Charge);
    }

    [Fact]
    public async Task An_engine_without_room_refuses_at_once_and_says_when_to_come_again()
    {
        var order = Order.Make(_time);
        _chain.Put(order.Terms.Funded());
        _engine.BusyFor = TimeSpan.FromSeconds(6.5);

        var (status, body) = await _daemon.SendAsync(order);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "provider_busy"), (status, (string?)body["code"]));
        Assert.True((bool)body["retryable"]!);
        Assert.Contains("7 s", (string?)body["next"], StringComparison.Ordinal);
        _engine.BusyFor = null;
        Assert.Equal(HttpStatusCode.OK, (await _daemon.SendAsync(order)).Status);
    }

    [Fact]
    public async Task Without_a_payment_nothing_runs()
    {
        await RefusedAsync(Order.Make(_time), 402, "payment_required");
    }

    [Fact]
    public async Task A_job_that_is_open_but_not_funded_does_not_run()
    {
        await RefusedAsync(j => j with { Status = EscrowStatus.Open }, 402, "payment_required");
    }

    [Fact]
    public async Task A_payment_of_nothing_does_not_run()
    {
        await RefusedAsync(j => j with { Budget = 0 }, 402, "payment_insufficient");
    }

    [Fact]
    public async Task One_atto_below_the_worst_case_does_not_run()
    {
        await RefusedAsync(j => j with { Budget = 199 }, 402, "payment_insufficient");
    }

    [Fact]
    public async Task A_payment_for_another_provider_does_not_run()
    {
        await RefusedAsync(j => j with { Provider = Order.Evaluator }, 402, "payment_foreign_provider");
    }

    [Theory]
    [InlineData(EscrowStatus.Submitted, 409, "payment_used")]
    [InlineData(EscrowStatus.Completed, 409, "payment_used")]
    [InlineData(EscrowStatus.Rejected, 402, "payment_required")]
    [InlineData(EscrowStatus.Expired, 402, "payment_expired")]
    public async Task A_payment_that_is_over_does_not_run(EscrowStatus status, int http, string code)
    {
        await RefusedAsync(j => j with { Status = status }, http, code);
    }

    [Fact]
    public async Task A_payment_that_expires_before_the_result_could_be_submitted_does_not_run()
    {
        // The longest run is 30 s and the submission needs 60 s.
        await RefusedAsync(j => j with { ExpiredAt = Now + 85 }, 402, "payment_expired");
    }

    [Fact]
    public async Task A_payment_in_another_token_does_not_run()
    {
        await RefusedAsync(j => j with { PaymentToken = Order.Client }, 409, "payment_wrong_terms");
    }

    [Theory]
    [InlineData(0UL, false)]
    [InlineData(600UL, true)]
    public async Task A_payment_that_settles_otherwise_than_its_terms_say_does_not_run(ulong window, bool isHooked)
    {
        var hook = isHooked ? SystemContractAddresses.ReexecutionHook : Address.Zero;
        await RefusedAsync(j => j with { EvaluationWindow = window, Hook = hook }, 409, "payment_wrong_terms");
    }

    [Theory]
    [InlineData(60, 2_500)]
    [InlineData(61, 2_499)]
    public async Task A_job_that_promises_what_this_provider_promises_or_less_runs(int seconds, int credit)
    {
        var order = Level(new JobLevel(seconds, credit));
        _chain.Put(order.Terms.Funded());
        Assert.Equal(HttpStatusCode.OK, (await _daemon.SendAsync(order)).Status);
    }

    [Theory]
    [InlineData(59, 2_500)]
    [InlineData(60, 2_501)]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    public async Task A_promise_that_this_provider_never_made_does_not_run(int seconds, int credit)
    {
        var order = Level(new JobLevel(seconds, credit));
        _chain.Put(order.Terms.Funded());
        await RefusedAsync(order, 409, "payment_wrong_terms");
    }

    [Fact]
    public async Task A_payment_with_another_level_than_its_terms_does_not_run()
    {
        var held = new EscrowLevel(60, 2_500, Now + 60, 0);
        await RefusedAsync(j => j with { Level = held }, 409, "payment_wrong_terms");
        var order = Level(new JobLevel(60, 2_500));
        foreach (var wrong in new[] { null, held with { Seconds = 59 }, held with { CreditBasisPoints = 10_000 } })
        {
            _chain.Put(order.Terms.Funded() with { Level = wrong });
            await RefusedAsync(order, 409, "payment_wrong_terms");
        }
    }

    [Fact]
    public async Task A_payment_whose_promised_time_was_spent_before_the_work_came_does_not_run()
    {
        var order = Level(new JobLevel(60, 2_500));
        _chain.Put(order.Terms.Funded() with { Level = new EscrowLevel(60, 2_500, Now + 28, 0) });
        await RefusedAsync(order, 402, "payment_expired");
    }

    [Theory]
    [InlineData("unknown coordinator", true)]
    [InlineData("other terms", false)]
    [InlineData("other committee", false)]
    [InlineData("other version", false)]
    [InlineData("no hook", false)]
    public void A_job_with_a_committee_runs_only_as_the_coordinator_made_it(string wrong, bool isRetryable)
    {
        var agreed = new JobReexecution
        {
            Reexecutors = [Order.Evaluator],
            Bond = 20,
            Fee = 300,
            VotingTime = 3600,
            EngineVersion = "test 1",
        };
        var order = Order.Make(_time);
        var terms = order.Terms with { Reexecution = agreed };
        var right = new AdmissionCase
        {
            Terms = terms,
            Spec = order.Spec,
            Escrow = terms.Funded() with { Hook = SystemContractAddresses.ReexecutionHook },
            Dispute = new Dispute
            {
                State = DisputeState.Agreed,
                Disputer = Address.Zero,
                Stake = 0,
                Deadline = 0,
                Result = default,
                Claimed = default,
                Reexecutors = [Order.Evaluator],
                Bond = 20,
                Fee = 300,
                VotingTime = 3600,
            },
            Ordered = terms.Hash(),
            EngineVersion = "test 1",
            Me = new ProviderIdentity(
                Order.Provider,
                ScriptedChain.ChainId,
                SystemContractAddresses.JobEscrow,
                SystemContractAddresses.Token,
                new HashSet<Address> { Order.Evaluator }),
            WorstCaseUnits = 100,
            MyPrice = terms.Price(),
            MyLevel = null,
            Now = _time.GetUtcNow(),
            ExpiryMargin = TimeSpan.FromSeconds(60),
        };
        Assert.Null(AdmissionRules.Refuse(right));
        var refused = AdmissionRules.Refuse(wrong switch
        {
            "unknown coordinator" => right with { Ordered = null },
            "other terms" => right with { Ordered = order.Terms.Hash() },
            "other committee" => right with { Dispute = right.Dispute with { Reexecutors = [Order.Client] } },
            "other version" => right with { EngineVersion = "test 2" },
            _ => right with { Escrow = terms.Funded() },
        });
        Assert.Equal(("payment_wrong_terms", isRetryable), (refused?.Code, refused?.Retryable));
    }

    [Fact]
    public async Task A_payment_that_the_client_itself_judges_does_not_run()
    {
        await RefusedAsync(j => j with { Evaluator = j.Client }, 409, "payment_wrong_terms");
    }

    [Fact]
    public async Task Terms_that_were_not_funded_do_not_run()
    {
        await RefusedAsync(j => j with { Terms = Hash256.Zero }, 409, "payment_wrong_terms");
        var good = Order.Make(_time, "order-2");
        _chain.Put(good.Terms.Funded(2));
        await RefusedAsync(good with { Terms = good.Terms with { UnitPrice = 3 } }, 409, "payment_wrong_terms");
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("escrow")]
    [InlineData("provider")]
    [InlineData("client")]
    public async Task Terms_of_another_network_or_party_do_not_run(string what)
    {
        var order = Order.Make(_time);
        var terms = what switch
        {
            "chain" => order.Terms with { ChainId = 1 },
            "escrow" => order.Terms with { Escrow = Order.Evaluator },
            "provider" => order.Terms with { Provider = Order.Evaluator },
            _ => order.Terms with { Client = Order.Evaluator },
        };
        _chain.Put(order.Terms.Funded() with { Terms = terms.Hash() });
        await RefusedAsync(order with { Terms = terms }, 409, "payment_wrong_terms");
    }

    [Fact]
    public async Task Another_specification_than_the_one_paid_for_does_not_run()
    {
        var order = Order.Make(_time);
        _chain.Put(order.Terms.Funded());
        var other = Order.Make(_time, maxFuel: 101).Spec;
        await RefusedAsync(order with { Spec = other }, 409, "payment_wrong_terms");
    }

    [Fact]
    public async Task A_price_below_this_providers_does_not_run()
    {
        var cheap = Order.Make(_time);
        cheap = cheap with { Terms = cheap.Terms with { UnitPrice = 1 } };
        _chain.Put(cheap.Terms.Funded());
        await RefusedAsync(cheap, 402, "payment_insufficient");
    }

    [Fact]
    public async Task A_price_that_would_overflow_does_not_run()
    {
        var huge = Order.Make(_time);
        huge = huge with { Terms = huge.Terms with { UnitPrice = UInt256.MaxValue, Budget = UInt256.MaxValue } };
        _chain.Put(huge.Terms.Funded());
        await RefusedAsync(huge, 409, "payment_wrong_terms");
    }

    [Fact]
    public async Task Limits_beyond_this_provider_are_refused_before_the_chain_is_asked()
    {
        _chain.Down = true;
        await RefusedAsync(Order.Make(_time, maxFuel: 1_001), 422, "spec_unsupported");
    }

    [Fact]
    public async Task A_node_that_cannot_be_asked_admits_nothing_and_may_be_asked_again()
    {
        var order = Order.Make(_time);
        _chain.Put(order.Terms.Funded());
        _chain.Down = true;
        var refusal = await RefusedAsync(order, 503, "chain_unavailable");
        Assert.True((bool)refusal["retryable"]!);
        _chain.Down = false;
        Assert.Equal(HttpStatusCode.OK, (await _daemon.SendAsync(order)).Status);
    }

    [Fact]
    public async Task A_missing_input_is_named_and_the_payment_stays_usable()
    {
        var order = Order.Make(_time);
        _chain.Put(order.Terms.Funded());
        var (status, body) = await _daemon.SendAsync(order, withInput: false);
        Assert.Equal((422, "blob_missing"), ((int)status, (string?)body["code"]));
        Assert.Contains(Order.InputHash.ToString(), (string)body["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _daemon.SendAsync(order)).Status);
        Assert.Equal(1, _engine.Runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"terms\":7}")]
    [InlineData("{\"terms\":{},\"spec\":{}}")]
    [InlineData("{\"terms\":null,\"spec\":null}")]
    public async Task A_body_that_is_no_order_is_a_typed_refusal(string body)
    {
        var (status, problem) = await _daemon.PostAsync(body);
        Assert.Equal((400, "invalid_request"), ((int)status, (string?)problem["code"]));
        Assert.Equal(0, _engine.Runs);
    }

    private JobOrder Level(JobLevel level)
    {
        var order = Order.Make(_time);
        return order with { Terms = order.Terms with { Level = level } };
    }

    private Task<JsonNode> RefusedAsync(Func<EscrowJob, EscrowJob> spoil, int status, string code)
    {
        var order = Order.Make(_time);
        _chain.Put(spoil(order.Terms.Funded()));
        return RefusedAsync(order, status, code);
    }

    private async Task<JsonNode> RefusedAsync(JobOrder order, int status, string code)
    {
        var (answered, body) = await _daemon.SendAsync(order);
        Assert.Equal((status, code), ((int)answered, (string?)body["code"]));
        Assert.False((bool)body["charged"]!);
        Assert.NotEmpty((string)body["detail"]!);
        Assert.Equal(0, _engine.Runs);
        Assert.Equal(0, _chain.Submissions);
        Assert.Null(_daemon.Journal.Find(order.JobId()));
        return body;
    }
}
