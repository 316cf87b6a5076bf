using Aitbc.Bench;
using Aitbc.Bench.Loads;
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
    case "state":
        return StateLoad.Run(Arguments.Read(rest, rounds: 21, count: 10_000_000));
    case "micro":
        BenchmarkRunner.Run<TransactionBench>(args: rest);
        return 0;
    default:
        Console.WriteLine("Usage: dotnet run -c Release --project bench/Aitbc.Bench -- transfers|paid-job|state|micro");
        Console.WriteLine("  transfers [--rounds 7] [--count 10000]   transfers included per second through JSON-RPC");
        Console.WriteLine("  paid-job  [--count 30]                   a paid WASM job from the order to the result");
        Console.WriteLine("  state     [--rounds 21] [--count 10000000]  a block's state, 1,000 to so many accounts");
        Console.WriteLine("  micro     [BenchmarkDotNet's options]    decoding, recovering and hashing a transaction");
        return 2;
}
