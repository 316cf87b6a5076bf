using System.Text;
using System.Text.Json;
using Aitbc.Cli.Jobs;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Faults;

/// <summary>What became of an order, as its client saw it.</summary>
/// <param name="Id">The job.</param>
/// <param name="Input">What was to be counted.</param>
/// <param name="Ended">The last that the client heard; null if it was never ordered.</param>
/// <param name="Output">What was delivered, if it was.</param>
/// <param name="Receipt">Its receipt.</param>
/// <param name="Took">From the order to the end.</param>
/// <param name="EndedAt">When, in the run.</param>
internal sealed record ClientJob(
    Hash256 Id, byte[] Input, JobView? Ended, byte[]? Output, ReceiptFile? Receipt, TimeSpan Took, TimeSpan EndedAt);

/// <summary>
/// Orders jobs over a line that loses messages, from daemons that are killed. Whatever fails it does again with the
/// same key, and gives a job up that nobody works on: as any client should.
/// </summary>
internal sealed class HonestClient(Session session, Address account, FaultLog log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    // Then it gives the job up if nobody works on it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    // What was never ordered cost nothing; the provider may be gone for good.
    private static readonly TimeSpan OrderPatience = TimeSpan.FromSeconds(45);

    private MarketClient? market;

    /// <summary>Until the job has ended, whatever happens in between.</summary>
    public async Task<ClientJob> RunAsync(
        string key, Address provider, WasmTask task, CancellationToken cancel)
    {
        var order = new OrderRequest { IdempotencyKey = key, Spec = task.Spec, Provider = provider };
        var id = JobId.Derive(account, key);
        var began = log.Now;
        JobView? job = null;
        while (!IsOver(job, log.Now - began))
        {
            try
            {
                job = await StepAsync(order, job, task, log.Now - began, cancel);
            }
            catch (Exception e) when (IsAway(e) && !cancel.IsCancellationRequested)
            {
                // Nothing that came back says that it was not done: the same again.
            }

            if (job?.State is not (JobState.Settled or JobState.Refunded))
                await Task.Delay(Pause, cancel);
        }

        var (output, receipt) = job?.State == JobState.Settled ? await CollectAsync(id, cancel) : (null, null);
        return new ClientJob(id, task.Input, job, output, receipt, log.Now - began, log.Now);
    }

    private static bool IsOver(JobView? job, TimeSpan waited) =>
        job?.State is JobState.Settled or JobState.Refunded || (job is null && waited > OrderPatience);

    private async Task<JobView> StepAsync(
        OrderRequest order, JobView? job, WasmTask task, TimeSpan waited, CancellationToken cancel)
    {
        // One client of the market for all, which signs in once.
        market ??= await session.MarketAsync(account, cancel);
        var flow = new JobFlow(session, account, market, TimeProvider.System);
        if (job is null)
            return await flow.QuoteAsync(order, [task.Module, task.Input], cancel);
        if (job.State == JobState.Quoted && waited < Patience)
            return await flow.FundAsync(order, job, cancel);
        // As it is now: a job that somebody works on, or that has ended meanwhile, cannot be given up.
        var now = await market.JobAsync(job.Id, cancel);
        return waited > Patience && now.State is JobState.Quoted or JobState.Funded
            ? await CancelAsync(market, now, cancel) : now;
    }

    private static async Task<JobView> CancelAsync(MarketClient market, JobView job, CancellationToken cancel)
    {
        try
        {
            return await market.CancelAsync(job.Id, cancel);
        }
        catch (AitbcException e) when (e.Problem.Code == ProblemCodes.WrongState)
        {
            return job; // it was taken in this moment; the next look tells
        }
    }

    private async Task<(byte[]? Output, ReceiptFile? Receipt)> CollectAsync(Hash256 id, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                market ??= await session.MarketAsync(account, cancel);
                return (await market.ResultAsync(id, cancel), await market.ReceiptAsync(id, cancel));
            }
            catch (Exception e) when (IsAway(e) && !cancel.IsCancellationRequested)
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    private static bool IsAway(Exception e) => e is HttpRequestException or IOException or ChainUnavailableException
        or RpcException or AitbcException or TransactionOutcomeUnknownException or TransactionRevertedException
        or TaskCanceledException or InvalidDataException or JsonException or CliFailure;
}

/// <summary>A word count over bytes of its own.</summary>
internal sealed record WasmTask(JobSpec Spec, byte[] Module, byte[] Input)
{
    private const ulong Fuel = 1_000_000;

    public static WasmTask Make(byte[] module, string words)
    {
        var input = Encoding.UTF8.GetBytes(words);
        return new WasmTask(
            new JobSpec
            {
                Engine = JobSpec.WasmEngine,
                Wasm = new WasmSpec
                {
                    ModuleHash = Keccak256.Hash(module),
                    InputHash = Keccak256.Hash(input),
                    MaxFuel = Fuel,
                    MaxMemoryMib = 16,
                },
            },
            module,
            input);
    }
}
