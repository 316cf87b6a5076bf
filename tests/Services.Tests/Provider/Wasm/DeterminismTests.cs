using System.Text;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Wasm;
using Xunit;

namespace Services.Tests.Provider.Wasm;

/// <summary>A job's result and units do not depend on when, where or how often it runs.</summary>
public sealed class DeterminismTests
{
    private const string Wasi = "wasi_snapshot_preview1";

    private static readonly byte[] Chance = Wat.Command(
        "(drop (call $random (i32.const 0) (i32.const 100)))" + Wat.Write(0, 100),
        $"(import \"{Wasi}\" \"random_get\" (func $random (param i32 i32) (result i32)))");

    [Fact]
    public async Task Clocks_stand_still_at_the_documented_moment()
    {
        var module = Wat.Command(
            """
            (drop (call $now (i32.const 0) (i64.const 1) (i32.const 0)))
            (drop (call $now (i32.const 1) (i64.const 1) (i32.const 8)))
            """ + Wat.Write(0, 16),
            $"(import \"{Wasi}\" \"clock_time_get\" (func $now (param i32 i64 i32) (result i32)))");

        var outcome = await Wat.RunAsync(module);

        Assert.Equal(WasmGuest.FixedClockNanoseconds, BitConverter.ToUInt64(outcome.Output.Span));
        Assert.Equal(WasmGuest.FixedClockNanoseconds, BitConverter.ToUInt64(outcome.Output.Span[8..]));
    }

    [Fact]
    public async Task Random_bytes_follow_from_module_input_and_arguments_only()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);

        var first = await Run(sandbox, Wat.Run(Chance, [1]));
        var again = await Run(sandbox, Wat.Run(Chance, [1]));
        var otherInput = await Run(sandbox, Wat.Run(Chance, [2]));
        var otherArgument = await Run(sandbox, Wat.Run(Chance, [1], args: "x"));

        Assert.Equal(first.Output.ToArray(), again.Output.ToArray());
        Assert.NotEqual(first.Output.ToArray(), otherInput.Output.ToArray());
        Assert.NotEqual(first.Output.ToArray(), otherArgument.Output.ToArray());
        Assert.Equal(100, first.Output.ToArray().Length);
        Assert.True(first.Output.ToArray().Distinct().Count() > 50);
    }

    [Fact]
    public async Task Fuel_is_equal_over_many_runs_in_parallel()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);
        var module = SampleProgram.Wordcount();
        var input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("one two\nthree ", 500)));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Run(sandbox, Wat.Run(module, input))));

        Assert.Single(outcomes.Select(o => o.Units).Distinct());
        Assert.Single(outcomes.Select(o => Convert.ToHexString(o.Output.Span)).Distinct());
        Assert.True(outcomes[0].Units > (ulong)input.Length);
        Assert.Equal(1, sandbox.Modules.Count);
    }

    [Fact]
    public async Task One_unit_of_fuel_less_than_needed_fails_and_the_exact_amount_completes()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);
        var module = SampleProgram.Wordcount();
        byte[] input = [.. "a b c\n"u8];
        var needed = (await Run(sandbox, Wat.Run(module, input))).Units;

        var exact = await Run(sandbox, Wat.Run(module, input, needed));
        var short1 = await Run(sandbox, Wat.Run(module, input, needed - 10));

        Assert.Equal(EngineEnds.Completed, exact.End);
        Assert.Equal(needed, exact.Units);
        Assert.Equal(EngineEnds.FuelExhausted, short1.End);
    }

    [Fact]
    public async Task Arguments_arrive_after_the_program_name_and_the_environment_is_empty()
    {
        var module = Wat.Command(
            """
            (drop (call $sizes (i32.const 0) (i32.const 4)))
            (drop (call $get (i32.const 100) (i32.const 8)))
            (drop (call $envs (i32.const 40) (i32.const 44)))
            """ + Wat.Write(0, 48),
            $"""
            (import "{Wasi}" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (import "{Wasi}" "args_get" (func $get (param i32 i32) (result i32)))
            (import "{Wasi}" "environ_sizes_get" (func $envs (param i32 i32) (result i32)))
            """);
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);

        var outcome = await Run(sandbox, Wat.Run(module, args: ["-n", "12"]));

        Assert.Equal(3, BitConverter.ToInt32(outcome.Output.Span));
        Assert.Equal(11, BitConverter.ToInt32(outcome.Output.Span[4..]));
        Assert.Equal("main\0-n\012\0", Encoding.ASCII.GetString(outcome.Output.Span.Slice(8, 11)));
        Assert.Equal(0, BitConverter.ToInt32(outcome.Output.Span[40..]));
    }

    [Fact]
    public async Task The_cache_of_modules_is_bounded_and_forgets_broken_ones()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);

        for (var i = 0; i < 10; i++)
            await Run(sandbox, Wat.Run(Wat.Command($"(drop (i32.const {i}))")));
        var broken = Wat.Command("");
        broken[^1] ^= 0xff;
        await Run(sandbox, Wat.Run(broken));

        Assert.InRange(sandbox.Modules.Count, 3, 4);
    }

    private static Task<EngineOutcome> Run(WasmSandbox sandbox, WasmRun run) =>
        sandbox.RunAsync(run, TestContext.Current.CancellationToken);
}
