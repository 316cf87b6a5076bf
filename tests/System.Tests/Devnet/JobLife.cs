using System.Diagnostics;
using System.Net;
using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Jobs;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace System.Tests.Devnet;

/// <summary>One job of a test network: ordered, paid, looked at from outside, and checked when it is over.</summary>
internal sealed class JobLife(string key)
{
    private const string JobCreated = "JobCreated(uint256,address,address,address,uint256,address)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Module = WasmSample.Load().Module;

    // Large enough that its execution is seen, small enough for a blob.
    private static readonly byte[] Input = [.. Enumerable.Range(0, 4_000_000).Select(i =>
        (byte)(i % 61 == 0 ? 10 : 97 + (i % 26)))];

    public OrderRequest Order { get; } = DemoRun.Order(key, new JobSpec
    {
        Engine = JobSpec.WasmEngine,
        Wasm = new WasmSpec
        {
            ModuleHash = Keccak256.Hash(Module),
            InputHash = Keccak256.Hash(Input),
            MaxFuel = 60UL * (ulong)Input.Length,
            MaxMemoryMib = 16,
        },
    });

    public async Task<JobView> QuoteAsync(TestNetwork network) =>
        await (await FlowAsync(network)).QuoteAsync(Order, [Module, Input], default);

    /// <summary>Pays, as a client does that knows only its order: repeating it pays nothing more.</summary>
    public async Task<JobView> FundAsync(TestNetwork network, JobView quote) =>
        await (await FlowAsync(network)).FundAsync(Order, quote, default);

    /// <summary>Waits for a moment in the life of the job, seen through the doors that everybody has.</summary>
    public static async Task SeeAsync(string what, Func<Task<bool>> seen)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await seen())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Never seen: {what}.");
        }
    }

    public static async Task<EscrowStatus?> OnChainAsync(TestNetwork network, Hash256 id) =>
        (await new EscrowClient(network.Session.Chain).FindJobAsync(id))?.Status;

    public async Task<JobState> AtCoordinatorAsync(TestNetwork network, Hash256 id) =>
        (await (await MarketAsync(network)).JobAsync(id)).State;

    /// <summary>The provider's own word for where the job is; null = it does not have it.</summary>
    public static async Task<string?> AtProviderAsync(TestNetwork network, Hash256 id)
    {
        using var response = await network.Session.Http(network.Url("provider")).GetAsync($"v1/jobs/{id}");
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return answer.RootElement.GetProperty("state").GetString();
    }

    /// <summary>The client comes back, as with the same command again, and follows the job to its end.</summary>
    public async Task<JobView> FinishAsync(TestNetwork network)
    {
        using var patience = new CancellationTokenSource(Patience);
        var flow = await FlowAsync(network);
        var job = await flow.QuoteAsync(Order, [Module, Input], patience.Token);
        await flow.FundAsync(Order, job, patience.Token);
        return await flow.WaitAsync(job.Id, _ => { }, patience.Token);
    }

    /// <summary>Paid exactly once or refunded exactly once, and every coin is somewhere.</summary>
    public static async Task AssertEndedOnceAsync(TestNetwork network, JobView job)
    {
        var chain = network.Session.Chain;
        var escrow = new EscrowClient(chain);
        var onChain = await escrow.FindJobAsync(job.Id) ?? throw new InvalidOperationException("The job is lost.");
        Xunit.Assert.Equal(
            job.State == JobState.Settled ? EscrowStatus.Completed : EscrowStatus.Rejected, onChain.Status);
        Xunit.Assert.Equal(1UL, await escrow.JobCountAsync());
        Xunit.Assert.True((await chain.BalanceAsync(escrow.Escrow)).IsZero, "The escrow still holds something.");
        var status = await chain.StatusAsync();
        Xunit.Assert.True(status.Conservation);
        Xunit.Assert.Equal(status.Supply.Genesis - status.Supply.Burned, status.Supply.Total);
        var logs = await chain.LogsAsync(new LogFilter(0, status.Height, escrow.Escrow));
        Xunit.Assert.Single(logs, l => l.Topics[0] == Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(JobCreated)));
    }

    private static async Task<JobFlow> FlowAsync(TestNetwork network) =>
        await JobFlow.OpenAsync(network.Session, (await network.Session.AccountAsync(null, default)).Address, default);

    private static async Task<MarketClient> MarketAsync(TestNetwork network) =>
        await network.Session.MarketAsync((await network.Session.AccountAsync(null, default)).Address, default);
}
