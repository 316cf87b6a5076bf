using Aitbc.Bench;
using Aitbc.Bench.Inference;
using Aitbc.Bench.Loads;
using Aitbc.Bench.Market;
using Aitbc.Bench.Micro;
using Aitbc.Bench.State;
using BenchmarkDotNet.Running;

// Figures in the documents come from these commands (bench/README.md); each prints the machine's own numbers.
var rest = args.Skip(1).ToArray();
switch (args.FirstOrDefault())
{
    case "transfers":
        return await TransferLoad.RunAsync(Arguments.Read(rest, rounds: 7, count: 10_000));
    case "paid-job":
        return await PaidJobLoad.RunAsync(Arguments.Read(rest, rounds: 1, count: 30));
    case "engines":
        return await EngineLoad.RunAsync(Arguments.Read(rest, rounds: 1, count: 20));
    case "state":
        return StateLoad.Run(Arguments.Read(rest, rounds: 21, count: 10_000_000));
    case "book":
        return BookLoad.Run(
            Arguments.Read(rest, rounds: 11, count: 1_000_000), Arguments.Bound(rest, "--least", 0));
    case "quotes":
        return await QuoteLoad.RunAsync(
            Arguments.Read(rest, rounds: 7, count: 500),
            (int)Arguments.Bound(rest, "--offers", 10_000),
            Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "dispatch":
        return await DispatchLoad.RunAsync(
            Arguments.Read(rest, rounds: 5, count: 3_000), Arguments.Bound(rest, "--least", 0));
    case "scale":
        return await ScaleLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 500),
            (long)Arguments.Bound(rest, "--jobs", 1_000_000),
            (int)Arguments.Bound(rest, "--providers", 10_000),
            rest.Contains("--postgresql"),
            Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "versus-anvil":
        return await VersusAnvilLoad.RunAsync(
            Arguments.Read(rest, rounds: 7, count: 20_000),
            Arguments.Text(rest, "--anvil"),
            Arguments.Bound(rest, "--least", 0));
    case "latency":
        return await LatencyLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 1_000),
            Arguments.Bound(rest, "--most-p50", double.MaxValue),
            Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "soak":
        return await SoakLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 1_000_000),
            Arguments.Bound(rest, "--most-idle", double.MaxValue),
            Arguments.Bound(rest, "--most-resident", double.MaxValue),
            Arguments.Bound(rest, "--most-pause", double.MaxValue));
    case "validators":
        return await ValidatorsLoad.RunAsync(
            Arguments.Read(rest, rounds: 6, count: 1), Arguments.Bound(rest, "--most-gap", double.MaxValue));
    case "saturation":
        return await SaturationLoad.RunAsync(
            Arguments.Read(rest, rounds: 5, count: 5_000), Arguments.Bound(rest, "--part", 0.8));
    case "catch-up":
        return await CatchUpLoad.RunAsync(
            Arguments.Read(rest, rounds: 3, count: 10_000), Arguments.Bound(rest, "--most-resident", double.MaxValue));
    case "vouchers":
        return await VoucherLoad.RunAsync(
            Arguments.Read(rest, rounds: 5, count: 2_000), Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "inference":
        return await InferenceLoad.RunAsync(
            Arguments.Read(rest, rounds: 3, count: 300),
            Arguments.Bound(rest, "--most-p99", double.MaxValue),
            Arguments.Bound(rest, "--least", 0));
    case "runs":
        return await RunLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 200),
            Arguments.Bound(rest, "--most-cold", double.MaxValue),
            Arguments.Bound(rest, "--most-warm", double.MaxValue));
    case "streams":
        return await StreamsLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 1_000),
            Arguments.Bound(rest, "--most-resident", double.MaxValue),
            Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "gateway":
        return await GatewayLoad.RunAsync(
            Arguments.Read(rest, rounds: 1, count: 500),
            Arguments.Bound(rest, "--most-p50", double.MaxValue),
            Arguments.Bound(rest, "--most-p99", double.MaxValue));
    case "micro":
        BenchmarkRunner.Run<TransactionBench>(args: rest);
        return 0;
    default:
        Console.WriteLine("""
            Usage: dotnet run -c Release --project bench/Aitbc.Bench -- LOAD
              transfers    [--rounds 7] [--count 10000] [--validators 1]
                                                          transfers included per second through JSON-RPC
              versus-anvil [--rounds 7] [--count 20000] [--validators 1] [--anvil PATH] [--least RATIO]
                                                          the same, held against anvil in the same run
              latency      [--count 1000] [--validators 1] [--most-p50 MS] [--most-p99 MS]
                                                          from sending a transfer to its final receipt, on an idle node
              soak         [--count 1000000] [--most-idle MIB] [--most-resident MIB] [--most-pause MS]
                                                          very many transfers: memory and pauses of the node
              validators   [--rounds 6] [--validators 4] [--most-gap S]
                                                          transfers while one of four validators at a time is killed
              saturation   [--rounds 5] [--count 5000] [--validators 1] [--part 0.8]
                                                          the most transfers a second, and latency just below
              catch-up     [--rounds 3] [--count 10000] [--most-resident MIB]
                                                          a validator that lost all but its keys catches up
              paid-job     [--count 30]                   a paid WASM job from the order to the result
              vouchers     [--rounds 5] [--count 2000] [--most-p99 MS]
                                                          one voucher after the other through the wallet daemon
              book         [--rounds 11] [--count 1000000] [--least EVENTS]
                                                          order events per second in the matching engine
              quotes       [--rounds 7] [--count 500] [--offers 10000] [--most-p99 MS]
                                                          firm quotes with many offers on the market
              dispatch     [--rounds 5] [--count 3000] [--least RATIO]
                                                          leases on PostgreSQL, beside a bare dequeue of its rows
              scale        [--jobs 1000000] [--providers 10000] [--count 500] [--postgresql] [--most-p99 MS]
                                                          lists, quotes and leases with a full database
              engines      [--count 20]                   engines alone, cold and warm, and a challenge
              inference    [--rounds 3] [--count 300] [--most-p99 MS] [--least TOKENS]
                                                          paid streams through a provider over the engine alone
              runs         [--count 200] [--most-cold MS] [--most-warm MS]
                                                          paid runs of a WASM program, from the price to the result
              streams      [--count 1000] [--most-resident MIB] [--most-p99 MS]
                                                          paid streams that are open at the same time
              gateway      [--count 500] [--most-p50 MS] [--most-p99 MS]
                                                          paid streams through a gateway over the provider itself
              micro        [BenchmarkDotNet's options]    decoding, recovering and hashing a transaction
            """);
        return 2;
}
