using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Js;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Services.Tests.Provider.Js;

/// <summary>Scripts in processes of their own, friendly ones and hostile ones.</summary>
public sealed class ScriptTests : IDisposable
{
    private static readonly JsLimits Limits = new() { MaxWallMs = 10_000 };

    private readonly JsSandbox _sandbox = new(Limits, TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_script_prints_is_its_output_and_its_statements_are_its_units()
    {
        const string script = "const words = input.split(' '); for (const w of words) print(w.length);";

        var first = await RunAsync(script, "five eighteen €");
        var again = await RunAsync(script, "five eighteen €");

        Assert.Equal(("completed", "4\n8\n1\n"), (first.End, Encoding.UTF8.GetString(first.Output.Span)));
        Assert.InRange(first.Units, 3UL, 20UL);
        Assert.Equal(first.Units, again.Units);
        Assert.Equal(first.Output.ToArray(), again.Output.ToArray());
    }

    [Fact]
    public async Task Clock_and_chance_are_the_same_in_every_run_and_follow_the_seed()
    {
        const string script = "print([Date.now(), new Date().toString(), Math.random(), Math.random()].join());"
            + "print((1234.5).toLocaleString());";

        var first = await RunAsync(script);
        var again = await RunAsync(script);
        var other = await RunAsync(script, seed: "other");

        var text = Encoding.UTF8.GetString(first.Output.Span);
        Assert.StartsWith("1577836800000,Wed Jan 01 2020 00:00:00 GMT+0000", text, StringComparison.Ordinal);
        Assert.Equal(first.Output.ToArray(), again.Output.ToArray());
        Assert.NotEqual(first.Output.ToArray(), other.Output.ToArray());
    }

    [Fact]
    public async Task There_is_nothing_outside_of_the_language()
    {
        const string script = """
            const names = ['System', 'require', 'process', 'importNamespace', 'fetch', 'console', 'setTimeout', 'eval',
              'WeakRef', 'FinalizationRegistry', 'Atomics', 'SharedArrayBuffer', 'Temporal', 'Intl', 'ShadowRealm'];
            print(names.filter(n => n in globalThis).join());
            try { new Function('return 1')(); print('compiled'); } catch (e) { print(e.name); }
            print(typeof print.GetType + typeof (1).GetType);
            """;

        var outcome = await RunAsync(script);

        Assert.Equal("\nTypeError\nundefinedundefined\n", Encoding.UTF8.GetString(outcome.Output.Span));
    }

    [Theory]
    [InlineData("while (true);", EngineEnds.FuelExhausted)]
    [InlineData("for (;;) { try { for (;;); } catch { } finally { } }", EngineEnds.FuelExhausted)]
    [InlineData("const f = n => f(n + 1); f(0);", EngineEnds.StackExhausted)]
    [InlineData("const all = []; while (true) all.push('x'.repeat(100000) + all.length);", EngineEnds.MemoryExceeded)]
    [InlineData("new Array(2 ** 30).fill(0);", EngineEnds.MemoryExceeded)]
    [InlineData("while (true) print('x'.repeat(100000));", EngineEnds.OutputExceeded)]
    [InlineData("print('half'); throw new Error('sorry');", EngineEnds.Trapped)]
    [InlineData("throw { toString() { while (true); } };", EngineEnds.Trapped)]
    [InlineData("(async () => { throw new Error('sorry'); })();", EngineEnds.Trapped)]
    [InlineData("let x = ;", EngineEnds.ModuleInvalid)]
    public async Task A_script_that_does_not_end_well_has_a_typed_end_and_no_output(string script, string end)
    {
        var outcome = await RunAsync(script, statements: 400_000);

        Assert.Equal(end, outcome.End);
        Assert.Equal(0, outcome.Output.Length);
        Assert.InRange(outcome.Units, 0UL, 400_000UL);
    }

    [Theory]
    [InlineData("let a = [1]; for (let i = 0; i < 60; i++) a = [a, a]; print(String(a).length);")]
    [InlineData("let a = []; for (let i = 0; i < 60; i++) a = [a, a]; print(a.flat(Infinity).length);")]
    [InlineData("print(/(a+)+$/.test('a'.repeat(60) + 'b'));")]
    public async Task A_built_in_function_that_would_never_come_back_ends_with_its_process(string script)
    {
        using var sandbox = new JsSandbox(new() { MaxWallMs = 500 }, TimeProvider.System);

        var outcome = await RunAsync(sandbox, new() { MaxWallMs = 500 }, script, Stop);

        // Which bound ends it depends on the function; that one does is what counts.
        Assert.Contains(outcome.End, new[] { EngineEnds.TimeExceeded, EngineEnds.Trapped, EngineEnds.MemoryExceeded });
    }

    [Fact]
    public async Task A_script_that_is_out_of_time_has_used_the_statements_that_it_executed()
    {
        var limits = new JsLimits { MaxWallMs = 1500 };
        using var sandbox = new JsSandbox(limits, TimeProvider.System);
        var outcome = await RunAsync(sandbox, limits, "for (;;) ;", Stop);
        Assert.Equal(EngineEnds.TimeExceeded, outcome.End);
        Assert.InRange(outcome.Units, 1000UL, 500_000_000UL);
    }

    [Fact]
    public async Task Cancellation_is_thrown_and_ends_the_process()
    {
        using var stop = new CancellationTokenSource();
        var running = RunAsync(_sandbox, Limits, "while (true);", stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_script_leaves_nothing_to_the_next_one()
    {
        await RunAsync("globalThis.left = 1; Array.prototype.left = 1;");

        var next = await RunAsync("print(typeof left + typeof [].left);");

        Assert.Equal("undefinedundefined\n", Encoding.UTF8.GetString(next.Output.Span));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        var script = "print(input);"u8.ToArray();
        var engine = new JsEngine(Limits, new UnitPrice(1, 1), _sandbox);

        var outcome = await CollectAsync(engine, script, [0xff, 0xfe], "", 100, Stop);

        Assert.Equal(EngineEnds.ModuleInvalid, outcome.End);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<EngineOutcome> RunAsync(
        string script, string input = "", string seed = "", ulong statements = 100_000)
    {
        var engine = new JsEngine(Limits, new UnitPrice(1, 1), _sandbox);
        return CollectAsync(
            engine, Encoding.UTF8.GetBytes(script), Encoding.UTF8.GetBytes(input), seed, statements, Stop);
    }

    private static Task<EngineOutcome> RunAsync(
        JsSandbox sandbox, JsLimits limits, string script, CancellationToken stop) =>
        CollectAsync(
            new JsEngine(limits, new UnitPrice(1, 1), sandbox),
            Encoding.UTF8.GetBytes(script),
            [],
            "",
            500_000_000,
            stop);

    private static Task<EngineOutcome> CollectAsync(
        JsEngine engine, byte[] script, byte[] input, string seed, ulong statements, CancellationToken stop)
    {
        var spec = new JobSpec
        {
            Engine = JobSpec.JsEngine,
            Js = new JsSpec
            {
                ScriptHash = Keccak256.Hash(script),
                InputHash = Keccak256.Hash(input),
                MaxStatements = statements,
                MaxMemoryMib = 64,
                Seed = seed,
            },
        };
        Assert.Null(engine.Problem(spec));
        var blobs = new Dictionary<Hash256, ReadOnlyMemory<byte>>
        {
            [spec.Js.ScriptHash] = script,
            [spec.Js.InputHash] = input,
        };
        var pieces = EngineRun.NumberAsync(engine.StreamAsync(spec, blobs, stop), NullLogger.Instance, stop);
        return EngineRun.CollectAsync(pieces, 8 << 20, stop);
    }
}
