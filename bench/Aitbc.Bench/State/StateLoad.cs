using System.Diagnostics;
using System.Globalization;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Bench.State;

/// <summary>
/// What the state costs a block: reading and changing accounts, the new root, and one synced batch of tables and undo
/// records. The sizes take turns, block by block, so that a noisy neighbour meets all of them.
/// </summary>
internal static class StateLoad
{
    private const int Smallest = 1_000;
    private const int Changed = 1_000;
    private const int WarmUp = 3;

    public static int Run(Arguments arguments)
    {
        var states = new List<LoadedState>();
        try
        {
            for (var accounts = Smallest; accounts <= arguments.Count; accounts *= 10)
            {
                var started = Stopwatch.GetTimestamp();
                states.Add(new LoadedState(accounts));
                Console.Error.WriteLine(
                    $"{accounts} accounts loaded in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
                if (accounts > int.MaxValue / 10)
                    break;
            }

            var samples = states.ConvertAll(_ => new List<Sample>());
            for (var round = 0; round < WarmUp + arguments.Rounds; round++)
            {
                for (var i = 0; i < states.Count; i++)
                {
                    var sample = Block(states[i]);
                    if (round >= WarmUp)
                        samples[i].Add(sample);
                }
            }

            Print(states, samples);
            return 0;
        }
        finally
        {
            foreach (var state in states)
                state.Dispose();
        }
    }

    private static Sample Block(LoadedState state)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var diff = state.Change(Changed);
        var changed = Stopwatch.GetTimestamp();
        state.Write(diff);
        var written = Stopwatch.GetTimestamp();
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return new Sample(
            cpu.TotalMilliseconds,
            Stopwatch.GetElapsedTime(started, changed).TotalMilliseconds,
            Stopwatch.GetElapsedTime(changed, written).TotalMilliseconds,
            Check(diff),
            (double)diff.TrieNodes.Count / diff.Accounts.Count);
    }

    // What it takes to make sure of the nodes that were read: their hashes, once more.
    private static double Check(StateDiff diff)
    {
        var messages = diff.TrieNodes.Where(n => n.Before is not null)
            .Select(n => (ReadOnlyMemory<byte>)n.Before!).ToArray();
        var hashes = new Hash256[messages.Length];
        var started = Stopwatch.GetTimestamp();
        Keccak256.HashMany(messages, hashes);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static void Print(List<LoadedState> states, List<List<Sample>> samples)
    {
        Console.WriteLine($"{Changed} changed accounts a block, medians of {samples[0].Count} blocks");
        Console.WriteLine(
            "| Accounts | read, change, root | synced batch | processor time | to the smallest | checking | nodes |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        var least = Median(samples[0], s => s.Cpu);
        for (var i = 0; i < states.Count; i++)
        {
            var (root, write) = (Median(samples[i], s => s.Root), Median(samples[i], s => s.Write));
            var (cpu, check) = (Median(samples[i], s => s.Cpu), Median(samples[i], s => s.Check));
            var (ratio, nodes) = (cpu / least, Median(samples[i], s => s.Nodes));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {states[i].Count:N0} | {root:0.0} ms | {write:0.0} ms | {cpu:0.0} ms | {ratio:0.00} |")
                + string.Create(CultureInfo.InvariantCulture, $" {check:0.00} ms | {nodes:0.0} |"));
        }

        Console.WriteLine("checking: hashing what was read once more, part of the root; nodes: written an account");
    }

    private static double Median(List<Sample> samples, Func<Sample, double> of) =>
        Figures.Quantile(samples.Select(of), 0.5);

    private sealed record Sample(double Cpu, double Root, double Write, double Check, double Nodes);
}
