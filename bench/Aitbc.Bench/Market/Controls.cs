using System.Diagnostics;
using System.Globalization;

namespace Aitbc.Bench.Market;

/// <summary>
/// What a quote cannot be faster than, measured between the quotes of the same run: a sync of appended bytes in the
/// same folder, and an answer over the same connection that asks nothing.
/// </summary>
internal sealed class Controls(HttpClient http, string folder) : IDisposable
{
    private const int SyncBytes = 4_096;
    private const int SyncsKept = 4_096;

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle file =
        File.OpenHandle(Path.Combine(folder, "bench-sync"), FileMode.Create, FileAccess.Write);

    private readonly byte[] bytes = new byte[SyncBytes];
    private long written;

    public List<double> Syncs { get; } = [];

    public List<double> Answers { get; } = [];

    public async Task TakeAsync()
    {
        var from = Stopwatch.GetTimestamp();
        RandomAccess.Write(file, bytes, written++ % SyncsKept * SyncBytes);
        RandomAccess.FlushToDisk(file);
        Syncs.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        from = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync("health");
        answer.EnsureSuccessStatusCode();
        Answers.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
    }

    public void Tell()
    {
        Tell("a sync of 4,096 appended bytes alone", Syncs);
        Tell("an answer over HTTP that asks nothing", Answers);
    }

    public void Dispose() => file.Dispose();

    private static void Tell(string what, List<double> took) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"quotes: {what}: p50 {Figures.Quantile(took, 0.5):0.00} ms, p99 {Figures.Quantile(took, 0.99):0.00} ms, "
        + $"longest {took.Max():0.00} ms over {took.Count}"));
}
