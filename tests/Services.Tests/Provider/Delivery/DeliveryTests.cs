using System.Net;
using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Delivery;

/// <summary>Paid work is done once and paid once, whatever happens around it.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly ShiftedTime _time = new();
    private readonly CountingEngine _engine = new();
    private readonly TemporaryFolder _folder = new();
    private ScriptedChain _chain = null!;

    public async ValueTask InitializeAsync()
    {
        _chain = await ScriptedChain.StartAsync();
        _chain.NowSeconds = Now;
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.DisposeAsync();
        _folder.Dispose();
    }

    private ulong Now => (ulong)_time.GetUtcNow().ToUnixTimeSeconds();

    [Fact]
    public async Task Twenty_simultaneous_orders_of_one_payment_execute_once()
    {
        var gate = new TaskCompletionSource();
        _engine.Gate = gate.Task;
        var order = Fund();
        await using var daemon = await StartAsync();
        var sent = Enumerable.Range(0, 20).Select(_ => daemon.SendAsync(order)).ToList();
        await _engine.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        gate.SetResult();
        var answers = await Task.WhenAll(sent);
        Assert.All(answers, a => Assert.True(a.Status == HttpStatusCode.OK
            || ((int)a.Status == 409 && (string?)a.Body["code"] == "payment_used")
            || ((int)a.Status == 503 && (string?)a.Body["code"] == "provider_busy")));
        Assert.Contains(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal((1, 1), (_engine.Runs, _chain.Submissions));
    }

    [Fact]
    public async Task An_order_that_comes_again_is_told_where_the_result_is_and_executes_nothing()
    {
        var order = Fund();
        await using var daemon = await StartAsync();
        await daemon.SendAsync(order);
        var (status, body) = await daemon.SendAsync(order);
        Assert.Equal((409, "payment_used"), ((int)status, (string?)body["code"]));
        Assert.Contains($"/v1/jobs/{order.JobId()}", (string)body["next"]!, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_engine.Runs, _chain.Submissions));
    }

    [Theory]
    [InlineData(nameof(JobStep.Admitted), false, 1)]
    [InlineData(nameof(JobStep.Executing), false, 1)]
    [InlineData(nameof(JobStep.Executed), false, 0)]
    [InlineData(nameof(JobStep.Signed), false, 0)]
    [InlineData(nameof(JobStep.Signed), true, 0)]
    [InlineData(nameof(JobStep.Submitted), true, 0)]
    [InlineData(nameof(JobStep.Delivered), true, 0)]
    public async Task A_crash_after_any_record_leads_to_the_same_receipt_submitted_once(
        string last, bool submitted, int runsAgain)
    {
        var order = Fund();
        await using (var first = await StartAsync())
            await first.SendAsync(order);
        var digest = _chain.Job(1).Deliverable;
        if (!submitted)
            _chain.Put(order.Terms.Funded());
        CutJournalAfter(order.JobId(), last);

        var again = new CountingEngine();
        await using var second = await Daemon.StartAsync(_chain, again, _time, _folder.Path);
        await second.LookAsync();
        Assert.Equal(JobStep.Delivered, second.Journal.Find(order.JobId())!.Step);
        Assert.Equal(runsAgain, again.Runs);
        Assert.Equal(submitted ? 1 : 2, _chain.Submissions);
        // Run again, times differ and so does the receipt; once executed, it never changes.
        if (runsAgain == 0)
            Assert.Equal(digest, _chain.Job(1).Deliverable);
    }

    [Fact]
    public async Task A_submission_whose_answer_was_lost_is_not_sent_twice()
    {
        var order = Fund();
        _chain.GoesDownAfterTransaction = true;
        await using var daemon = await StartAsync();
        var sent = daemon.SendAsync(order);
        while (_chain.Submissions == 0)
            await Task.Yield();
        _chain.GoesDownAfterTransaction = false;
        _chain.Down = false;
        await sent;
        await daemon.LookAsync();
        Assert.Equal(JobStep.Delivered, daemon.Journal.Find(order.JobId())!.Step);
        Assert.Equal((1, 1), (_engine.Runs, _chain.Submissions));
    }

    [Fact]
    public async Task A_node_that_refuses_the_submission_is_asked_again_later()
    {
        var order = Fund();
        _chain.RefusesTransactions = true;
        await using var daemon = await StartAsync();
        await daemon.SendAsync(order);
        Assert.Equal(JobStep.Signed, daemon.Journal.Find(order.JobId())!.Step);
        _chain.RefusesTransactions = false;
        await daemon.LookAsync();
        Assert.Equal(JobStep.Delivered, daemon.Journal.Find(order.JobId())!.Step);
        Assert.Equal((1, 1), (_engine.Runs, _chain.Submissions));
    }

    [Fact]
    public async Task A_silent_evaluator_does_not_keep_the_provider_unpaid()
    {
        var order = Fund();
        await using var daemon = await StartAsync();
        await daemon.SendAsync(order);
        await daemon.LookAsync();
        Assert.Equal(0, _chain.Claims);
        _time.Advance(TimeSpan.FromSeconds(601));
        _chain.NowSeconds = Now;
        await daemon.LookAsync();
        Assert.Equal((1, EscrowStatus.Completed), (_chain.Claims, _chain.Job(1).Status));
        await daemon.LookAsync();
        var entry = daemon.Journal.Find(order.JobId())!;
        Assert.Equal(JobStep.Closed, entry.Step);
        Assert.Equal(1, _chain.Claims);
        var receipt = entry.Receipt();
        var day = EarningLine.DayOf(DateTimeOffset.FromUnixTimeMilliseconds((long)receipt.EndedAtMs));
        var line = Assert.Single(daemon.Book.Lines(day))!;
        Assert.Equal((receipt.JobId, receipt.Charge, 1), (line.Id, line.Charged, line.Answers));
        daemon.Book.Restore([line]); // as after a crash before the job was closed
        Assert.Single(daemon.Book.Lines(day));
    }

    [Fact]
    public async Task A_late_result_is_submitted_and_earns_the_charge_less_the_credit()
    {
        var order = Order.Make(_time);
        order = order with { Terms = order.Terms with { Level = new JobLevel(60, 2_500) } };
        _chain.Put(order.Terms.Funded());
        var gate = new TaskCompletionSource();
        _engine.Gate = gate.Task;
        await using var daemon = await Daemon.StartAsync(
            _chain, _engine, _time, _folder.Path, o => o.Levels.Add("60s:25%"));
        var sending = daemon.SendAsync(order);
        await _engine.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _chain.NowSeconds += 62;
        gate.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await sending).Status);
        Assert.Equal((80UL, 20UL), (_chain.Job(1).Charge, _chain.Job(1).Level!.Credit));
        _chain.Change(1, j => j with { Status = EscrowStatus.Completed });
        await daemon.LookAsync();
        var receipt = daemon.Journal.Find(order.JobId())!.Receipt();
        var day = EarningLine.DayOf(DateTimeOffset.FromUnixTimeMilliseconds((long)receipt.EndedAtMs));
        Assert.Equal((UInt256)60UL, Assert.Single(daemon.Book.Lines(day))!.Charged);
        Assert.Equal((UInt256)80UL, receipt.Charge);
    }

    [Fact]
    public async Task A_job_that_was_refunded_during_a_restart_is_not_executed()
    {
        var order = Fund();
        _engine.Gate = new TaskCompletionSource().Task;
        await using (var first = await StartAsync())
        {
            _ = Unanswered(first.SendAsync(order));
            await _engine.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        _chain.Change(1, j => j with { Status = EscrowStatus.Expired });
        var again = new CountingEngine();
        await using var second = await Daemon.StartAsync(_chain, again, _time, _folder.Path);
        await second.LookAsync();
        Assert.Equal(0, again.Runs);
        var entry = second.Journal.Find(order.JobId())!;
        Assert.Equal((JobStep.Closed, "payment_expired"), (entry.Step, entry.Failure()!.Code));
    }

    [Fact]
    public async Task A_job_that_fails_signs_nothing_and_charges_nothing()
    {
        var order = Fund();
        _engine.Outcome = EngineOutcome.Fail(EngineEnds.FuelExhausted, "All fuel was used.");
        await using var daemon = await StartAsync();
        var (_, body) = await daemon.SendAsync(order);
        Assert.Equal("fuel_exhausted", (string?)body["failureCode"]);
        Assert.Null(body["receipt"]);
        Assert.Equal((0, EscrowStatus.Funded), (_chain.Submissions, _chain.Job(1).Status));
    }

    [Fact]
    public async Task An_engine_that_breaks_or_counts_too_much_is_never_paid()
    {
        await using var daemon = await StartAsync();
        _engine.Outcome = EngineOutcome.Complete(CountingEngine.Result, 101);
        Assert.Equal("engine_untrusted", (string?)(await daemon.SendAsync(Fund("one", 1))).Body["failureCode"]);
        _engine.Defect = new InvalidOperationException("a defect");
        Assert.Equal("engine_fault", (string?)(await daemon.SendAsync(Fund("two", 2))).Body["failureCode"]);
        Assert.Equal(0, _chain.Submissions);
    }

    [Fact]
    public async Task A_full_provider_refuses_at_once_by_name_and_takes_the_job_later()
    {
        var gate = new TaskCompletionSource();
        _engine.Gate = gate.Task;
        await using var daemon = await Daemon.StartAsync(
            _chain, _engine, _time, _folder.Path, o => (o.Slots, o.Queue) = (1, 0));
        var first = daemon.SendAsync(Fund("one", 1));
        await _engine.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var second = Fund("two", 2);
        var (status, body) = await daemon.SendAsync(second);
        Assert.Equal((503, "provider_busy"), ((int)status, (string?)body["code"]));
        gate.SetResult();
        await first;
        Assert.Equal(HttpStatusCode.OK, (await daemon.SendAsync(second)).Status);
    }

    [Fact]
    public async Task The_input_of_a_job_stays_until_it_is_closed_and_goes_after_the_retention()
    {
        var order = Fund();
        var input = _folder.File(Path.Combine("blobs", Order.InputHash + ".blob"));
        _engine.Gate = new TaskCompletionSource().Task;
        await using (var first = await StartAsync())
        {
            _ = Unanswered(first.SendAsync(order));
            await _engine.Started.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.FromDays(30));
            first.SweepInputs();
        }

        _chain.NowSeconds = Now;
        _chain.Change(1, j => j with { ExpiredAt = Now + 3_600 });

        await using var second = await Daemon.StartAsync(_chain, new CountingEngine(), _time, _folder.Path);
        second.SweepInputs();
        Assert.True(File.Exists(input));
        await second.LookAsync();
        Assert.Equal(JobStep.Delivered, second.Journal.Find(order.JobId())!.Step);
        _time.Advance(TimeSpan.FromDays(30));
        second.SweepInputs();
        Assert.True(File.Exists(input));
        _chain.Change(1, j => j with { Status = EscrowStatus.Completed });
        await second.LookAsync();
        second.SweepInputs();
        Assert.False(File.Exists(input));
    }

    [Fact]
    public async Task Only_the_client_reads_the_output()
    {
        var order = Fund();
        await using var daemon = await StartAsync();
        var (_, body) = await daemon.SendAsync(order);
        Assert.Null(body["output"]);
        using var refused = await daemon.Http.GetAsync(
            new Uri($"/v1/jobs/{order.JobId()}/result", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private JobOrder Fund(string key = "order-1", ulong id = 1)
    {
        var order = Order.Make(_time, key);
        _chain.Put(order.Terms.Funded(id));
        return order;
    }

    private Task<Daemon> StartAsync() => Daemon.StartAsync(_chain, _engine, _time, _folder.Path);

    private static async Task Unanswered(Task request)
    {
        try
        {
            await request;
        }
        catch (HttpRequestException)
        {
            // The daemon died under it.
        }
        catch (OperationCanceledException)
        {
            // Its client was disposed.
        }
    }

    /// <summary>The disk as a crash right after that record left it.</summary>
    private void CutJournalAfter(string jobId, string last)
    {
        var path = _folder.File(Path.Combine("jobs", jobId + ".journal"));
        var lines = File.ReadAllLines(path);
        var kept = lines.TakeWhile(l => !l.Contains($" {last} ", StringComparison.Ordinal)).Count() + 1;
        Assert.True(kept <= lines.Length);
        File.WriteAllLines(path, lines.Take(kept));
    }
}
