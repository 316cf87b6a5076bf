using System.Diagnostics;

namespace Aitbc.Fuzz.Running;

/// <summary>
/// The property run: every target with its number of cases. Those that stay on their thread share the processors; those
/// whose allocation is the process's run afterwards, one by one.
/// </summary>
internal static class PropertyRun
{
    /// <returns>Number of cases that ran.</returns>
    public static long All(ulong seed, int percent)
    {
        var total = 0L;
        var together = new List<(string, int)>();
        var alone = new List<(string, int)>();
        foreach (var (name, cases, make) in FuzzTargets.All)
        {
            bool byProcess;
            using (var target = make())
                byProcess = target.Bound.ByProcess;
            (byProcess ? alone : together).Add((name, (int)((long)cases * percent / 100)));
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        // One at a time to each thread, in the order of the table: the longest begin.
        var queue = System.Collections.Concurrent.Partitioner.Create(together, loadBalance: true);
        Parallel.ForEach(queue, options, t => Interlocked.Add(ref total, One(t.Item1, t.Item2, seed)));
        foreach (var (name, cases) in alone)
            total += One(name, cases, seed);
        return total;
    }

    /// <returns>Number of cases that ran, those of the corpus included.</returns>
    public static long One(string name, int cases, ulong seed)
    {
        var watch = Stopwatch.StartNew();
        using var target = FuzzTargets.Make(name);
        var corpus = Corpus.Of(name);
        var run = new CaseRun(target, isAlone: true);
        run.Random(corpus, cases, seed);
        Console.WriteLine(
            $"{name}: {corpus.Count} inputs and {cases} cases in {watch.Elapsed.TotalSeconds:F1} s; at most "
            + $"{run.MostAllocated} bytes allocated in one, {run.MostOfBound} % of its bound");
        return corpus.Count + cases;
    }
}
