using System.Diagnostics;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Bench.Loads;

/// <summary>
/// One paid WASM job after the other on an idle network, as an agent takes them: order, fund, wait until it is settled,
/// fetch the result. The first job, which warms the processes up, is told apart.
/// </summary>
internal static class PaidJobLoad
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var network = await Network.StartAsync("node,wallet,coordinator,provider");
        using var nodeHttp = network.Client("node");
        using var walletHttp = network.Client("wallet");
        using var marketHttp = network.Client("coordinator");
        var wallet = new WalletClient(walletHttp, await WalletClient.ReadTokenAsync(network.TokenFile));
        var client = (await wallet.AccountsAsync())[0].Address;
        var chain = new ChainClient(nodeHttp);
        var escrow = new EscrowClient(chain, new TransactionSender(chain, wallet));
        var market = new MarketClient(marketHttp, wallet, client);
        var spec = await SpecAsync(market);
        var runs = new List<(double Quote, double Fund, double Settle)>();
        for (var i = 0; i <= arguments.Count; i++)
        {
            runs.Add(await RunOneAsync(market, escrow, client, spec, $"bench-{i}"));
            if (i == 0)
                Console.WriteLine($"first job (cold): {Figures.Text(Total(runs[0]))} ms");
        }

        var warm = runs.Skip(1).ToList();
        Tell("order to quote", warm.Select(r => r.Quote));
        Tell("quote to funded", warm.Select(r => r.Fund));
        Tell("funded to settled with result", warm.Select(r => r.Settle));
        Tell("paid-job: order to settled with result", warm.Select(Total));
        return 0;
    }

    private static async Task<(double Quote, double Fund, double Settle)> RunOneAsync(
        MarketClient market, EscrowClient escrow, Address client, JobSpec spec, string key)
    {
        var from = Stopwatch.GetTimestamp();
        var quote = await market.OrderAsync(new OrderRequest { IdempotencyKey = key, Spec = spec });
        var quoted = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        var terms = quote.Terms;
        var opened = await escrow.OpenJobAsync(client, new OpenJobRequest(
            quote.ClientKey,
            terms.Provider,
            terms.Evaluator,
            terms.ExpiresAt,
            terms.EvaluationWindow,
            quote.TermsHash,
            terms.Budget));
        await market.FundedAsync(quote.Id, opened.Transaction!.Hash);
        var funded = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        while (true)
        {
            var job = await market.JobAsync(quote.Id);
            if (job.State == JobState.Refunded)
                throw new InvalidOperationException($"The job was refunded: {job.Reason}");
            if (job.State == JobState.Settled)
                break;
            await Task.Delay(5);
        }

        await market.ResultAsync(quote.Id);
        var settled = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        return (quoted, funded - quoted, settled - funded);
    }

    private static async Task<JobSpec> SpecAsync(MarketClient market)
    {
        var module = await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "samples", "wasm", "wordcount", "wordcount.wasm"));
        var input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a line of words to count\n", 200)));
        return new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = await market.PutBlobAsync(module),
                InputHash = await market.PutBlobAsync(input),
                MaxFuel = 2_000_000,
                MaxMemoryMib = 16,
            },
        };
    }

    private static double Total((double Quote, double Fund, double Settle) run) => run.Quote + run.Fund + run.Settle;

    private static void Tell(string what, IEnumerable<double> values)
    {
        var all = values.ToList();
        Console.WriteLine(
            $"{what}: median {Figures.Text(Figures.Quantile(all, 0.5))} ms, p95 "
            + $"{Figures.Text(Figures.Quantile(all, 0.95))} ms over {all.Count} jobs");
    }
}
