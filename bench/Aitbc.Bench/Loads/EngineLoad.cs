using System.Diagnostics;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Js;
using Aitbc.Provider.Engines.Wasm;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Engines alone, from the specification and its blobs to the collected output: without money, network and journal.
/// Cold = a program that was never seen; warm = the same program again.
/// </summary>
internal static class EngineLoad
{
    private static readonly byte[] Input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("two words\n", 100)));
    private static readonly byte[] Script =
        "let n = 0; for (const line of input.split('\\n')) n += line.split(' ').length; print(n);"u8.ToArray();

    public static async Task<int> RunAsync(Arguments arguments)
    {
        await WasmAsync(arguments.Count);
        await JsAsync(arguments.Count);
        Gpu();
        return 0;
    }

    private static async Task WasmAsync(int count)
    {
        var module = await File.ReadAllBytesAsync(
            Path.Combine(Repository.Root, "samples/wasm/wordcount/wordcount.wasm"));
        var limits = new WasmLimits();
        using var sandbox = new WasmSandbox(limits, TimeProvider.System);
        var engine = new WasmEngine(limits, new UnitPrice(1, 1), sandbox);
        await MeasureAsync("wasm, first of the process", 1, _ => WasmAsync(engine, module));
        await MeasureAsync("wasm, cold", count, i => WasmAsync(engine, Another(module, i)));
        await MeasureAsync("wasm, warm", 10 * count, _ => WasmAsync(engine, module));
    }

    private static async Task JsAsync(int count)
    {
        foreach (var ready in new[] { 0, 1 })
        {
            var limits = new JsLimits { ReadyProcesses = ready };
            using var sandbox = new JsSandbox(limits, TimeProvider.System);
            var engine = new JsEngine(limits, new UnitPrice(1, 1), sandbox);
            if (ready > 0)
                await JsAsync(engine);
            await MeasureAsync(
                ready > 0 ? "js, a process was ready" : "js, with the start of its process",
                Math.Max(1, count / 2),
                _ => JsAsync(engine),
                // The next process starts while nobody waits: so it is between orders that do not come at once.
                between: TimeSpan.FromMilliseconds(ready > 0 ? 1500 : 0));
        }
    }

    private static void Gpu()
    {
        using var accelerator = GpuAccelerator.Find(TimeProvider.System);
        var work = new GpuWork { Seed = Keccak256.Hash([1]), Lanes = 64, Steps = accelerator.IsGpu ? 16_384 : 64 };
        accelerator.Run(work with { Steps = 2 }, default);
        var run = accelerator.Run(work, default);
        var started = Stopwatch.GetTimestamp();
        var holds = work.Verify(run.Results, [1, 30, 60]);
        var checking = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(
            $"challenge on {accelerator.Backend} ({accelerator.Name}): {work.Bytes >> 20} MiB in "
            + $"{Figures.Text(run.Elapsed.TotalMilliseconds)} ms; checking 3 of {work.Lanes} lanes "
            + $"{Figures.Text(checking.TotalMilliseconds)} ms, {(holds ? "right" : "WRONG")}");
    }

    private static async Task MeasureAsync(
        string name, int count, Func<int, Task> run, TimeSpan between = default)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            if (between > TimeSpan.Zero)
                await Task.Delay(between);
            var started = Stopwatch.GetTimestamp();
            await run(i);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine(
            $"{name}: p50 {Milliseconds(times, 0.5)} ms, p95 {Milliseconds(times, 0.95)} ms, "
            + $"longest {Milliseconds(times, 1)} ms ({count} runs)");
    }

    private static string Milliseconds(List<double> times, double part) =>
        Figures.Quantile(times, part).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static Task WasmAsync(WasmEngine engine, byte[] module)
    {
        var spec = new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = Keccak256.Hash(module),
                InputHash = Keccak256.Hash(Input),
                MaxFuel = 1_000_000_000,
                MaxMemoryMib = 16,
            },
        };
        return CollectAsync(engine, spec, module);
    }

    private static Task JsAsync(JsEngine engine)
    {
        var spec = new JobSpec
        {
            Engine = JobSpec.JsEngine,
            Js = new JsSpec
            {
                ScriptHash = Keccak256.Hash(Script),
                InputHash = Keccak256.Hash(Input),
                MaxStatements = 1_000_000,
                MaxMemoryMib = 64,
            },
        };
        return CollectAsync(engine, spec, Script);
    }

    private static async Task CollectAsync(IEngine engine, JobSpec spec, byte[] program)
    {
        var blobs = new Dictionary<Hash256, ReadOnlyMemory<byte>>
        {
            [spec.Program!.Value] = program,
            [spec.InputBlob!.Value] = Input,
        };
        var pieces = EngineRun.NumberAsync(engine.StreamAsync(spec, blobs, default), NullLogger.Instance);
        var outcome = await EngineRun.CollectAsync(pieces, 8 << 20, default);
        if (!outcome.Succeeded)
            throw new InvalidOperationException($"{outcome.End}: {outcome.Detail}");
    }

    /// <summary>The same program with another hash: a custom section that means nothing holds the number.</summary>
    private static byte[] Another(byte[] module, int number) =>
        [.. module, 0, 6, 1, (byte)'n', .. BitConverter.GetBytes(number)];
}
