using System.Text;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Wasm;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Provider.Wasm;

/// <summary>Modules that mean harm end with a code of their own and hurt nobody.</summary>
public sealed class HostileModuleTests
{
    private const string Wasi = "wasi_snapshot_preview1";

    [Fact]
    public async Task An_infinite_loop_ends_when_its_fuel_is_used()
    {
        var outcome = await Wat.RunAsync(Wat.Command("(loop $l (br $l))"), fuel: 1_000_000);

        Assert.Equal(EngineEnds.FuelExhausted, outcome.End);
        Assert.Equal(1_000_000UL, outcome.Units);
        Assert.Equal(0, outcome.Output.Length);
    }

    [Fact]
    public async Task A_loop_with_endless_fuel_ends_at_the_wall_clock_limit()
    {
        var time = new FakeTimeProvider();
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), time);
        var running = sandbox.RunAsync(
            Wat.Run(Wat.Command("(loop $l (br $l))"), fuel: ulong.MaxValue / 2), TestContext.Current.CancellationToken);

        // The thread of the job may start after any of these advances; each one lets a tick fire.
        while (!running.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        Assert.Equal(EngineEnds.TimeExceeded, (await running).End);
    }

    [Fact]
    public async Task Cancellation_stops_a_running_module_and_is_no_end()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = sandbox.RunAsync(Wat.Run(Wat.Command("(loop $l (br $l))"), fuel: ulong.MaxValue / 2), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_memory_bomb_is_denied_growth_beyond_its_limit()
    {
        // Grows page by page until refused, then prints the pages it got: 8 MiB are 128 pages.
        var outcome = await Wat.RunAsync(Wat.Command(
            "(block $full (loop $more (br_if $full (i32.eq (memory.grow (i32.const 1)) (i32.const -1))) (br $more)))"
            + "(i32.store (i32.const 0) (memory.size))" + Wat.Write(0, 4)));

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal(128, BitConverter.ToInt32(outcome.Output.Span));
    }

    [Fact]
    public async Task A_module_that_starts_with_too_much_memory_is_not_started()
    {
        var outcome = await Wat.RunAsync(Wat.Command("", pages: 4096));

        Assert.Equal(EngineEnds.MemoryExceeded, outcome.End);
    }

    [Fact]
    public async Task A_module_with_a_huge_table_is_not_started()
    {
        var outcome = await Wat.RunAsync(Wat.Command("", "(table 90000000 funcref)"));

        Assert.Equal(EngineEnds.ModuleUnsupported, outcome.End);
    }

    [Fact]
    public async Task An_output_flood_ends_at_the_bound()
    {
        var outcome = await Wat.RunAsync(Wat.Command($"(loop $l {Wat.Write(0, 50_000)} (br $l))"));

        Assert.Equal(EngineEnds.OutputExceeded, outcome.End);
        Assert.Equal(0, outcome.Output.Length);
    }

    [Fact]
    public async Task Exactly_the_bound_of_output_is_allowed()
    {
        var outcome = await Wat.RunAsync(Wat.Command(Wat.Write(0, 32 * 1024) + Wat.Write(0, 32 * 1024)));

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal(64 * 1024, outcome.Output.Length);
    }

    [Fact]
    public async Task A_flood_of_standard_error_costs_fuel_and_is_forgotten()
    {
        var outcome = await Wat.RunAsync(
            Wat.Command("""
            (i32.store (i32.const 60000) (i32.const 0)) (i32.store (i32.const 60004) (i32.const 50000))
            (loop $l (drop (call $fd_write (i32.const 2) (i32.const 60000) (i32.const 1) (i32.const 60008))) (br $l))
            """),
            fuel: 1_000_000);

        Assert.Equal(EngineEnds.FuelExhausted, outcome.End);
    }

    [Fact]
    public async Task Deep_recursion_ends_as_stack_exhausted()
    {
        var outcome = await Wat.RunAsync(
            Wat.Command("(call $deeper)", "(func $deeper (call $deeper) (drop (i32.const 1)))"), fuel: 1_000_000_000);

        Assert.Equal(EngineEnds.StackExhausted, outcome.End);
    }

    [Theory]
    [InlineData("unreachable")]
    [InlineData("(drop (i32.div_u (i32.const 1) (i32.const 0)))")]
    [InlineData("(drop (i32.load (i32.const -4)))")]
    public async Task A_trap_is_a_typed_end(string body)
    {
        var outcome = await Wat.RunAsync(Wat.Command(body));

        Assert.Equal(EngineEnds.Trapped, outcome.End);
    }

    [Fact]
    public async Task A_trap_in_the_start_section_is_a_typed_end()
    {
        var outcome = await Wat.RunAsync(Wat.Command("", "(func $boom unreachable) (start $boom)"));

        Assert.Equal(EngineEnds.Trapped, outcome.End);
    }

    [Fact]
    public async Task An_exit_code_other_than_zero_fails_the_job()
    {
        var outcome = await Wat.RunAsync(Wat.Command("(call $proc_exit (i32.const 7))"));

        Assert.Equal(EngineEnds.ExitedWithCode, outcome.End);
        Assert.Contains("7", outcome.Detail);
    }

    [Fact]
    public async Task Exit_code_zero_completes_the_job()
    {
        var outcome = await Wat.RunAsync(Wat.Command(Wat.Write(0, 3) + "(call $proc_exit (i32.const 0)) unreachable"));

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal(3, outcome.Output.Length);
    }

    [Theory]
    [InlineData("(module (memory (export \"memory\") 1))", "_start")]
    [InlineData("(module (memory (export \"memory\") 1) (func (export \"_start\") (param i32)))", "_start")]
    [InlineData("(module (func (export \"_start\")))", "memory")]
    [InlineData(
        "(module (import \"env\" \"x\" (func)) (memory (export \"memory\") 1) (func (export \"_start\")))", "env.x")]
    [InlineData("(module (import \"wasi_snapshot_preview1\" \"fd_hack\" (func)) "
        + "(memory (export \"memory\") 1) (func (export \"_start\")))",
        "fd_hack")]
    [InlineData("(module (import \"wasi_snapshot_preview1\" \"fd_read\" (func)) "
        + "(memory (export \"memory\") 1) (func (export \"_start\")))",
        "")]
    [InlineData(
        "(module (import \"wasi_snapshot_preview1\" \"fd_read\" (memory 1)) (func (export \"_start\")))", "fd_read")]
    public async Task A_module_of_the_wrong_shape_is_refused_with_the_reason(string text, string named)
    {
        var outcome = await Wat.RunAsync(Wat.Compile(text));

        Assert.Equal(EngineEnds.ModuleUnsupported, outcome.End);
        Assert.Contains(named, outcome.Detail);
        Assert.Equal(0UL, outcome.Units);
    }

    [Fact]
    public async Task Bytes_that_are_no_module_are_refused()
    {
        byte[] torn = [.. Wat.Command("").AsSpan(0, 40)];

        Assert.Equal(EngineEnds.ModuleInvalid, (await Wat.RunAsync([])).End);
        Assert.Equal(EngineEnds.ModuleInvalid, (await Wat.RunAsync(Encoding.ASCII.GetBytes("(module)"))).End);
        Assert.Equal(EngineEnds.ModuleInvalid, (await Wat.RunAsync(torn)).End);
        Assert.Equal(EngineEnds.ModuleTooLarge, (await Wat.RunAsync(new byte[64 * 1024 + 1])).End);
    }

    [Fact]
    public async Task No_file_can_be_opened_and_no_directory_is_there()
    {
        var outcome = await Wat.RunAsync(Wat.Command(
            """
            (i32.store (i32.const 0) (call $prestat (i32.const 3) (i32.const 100)))
            (i32.store (i32.const 4) (call $open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 10)
              (i32.const 0) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 104)))
            (i32.store (i32.const 8) (call $fd_read (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 108)))
            """ + Wat.Write(0, 12),
            $"""
            (import "{Wasi}" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
            (import "{Wasi}" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (data (i32.const 200) "/etc/passwd")
            """));

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal([WasiErrno.BadDescriptor, WasiErrno.NotCapable, WasiErrno.BadDescriptor], Ints(outcome.Output));
    }

    [Fact]
    public async Task Sockets_and_waiting_are_refused()
    {
        var outcome = await Wat.RunAsync(Wat.Command(
            """
            (i32.store (i32.const 0)
              (call $send (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 100)))
            (i32.store (i32.const 4) (call $poll (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 100)))
            """ + Wat.Write(0, 8),
            $"""
            (import "{Wasi}" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
            (import "{Wasi}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
            """));

        Assert.Equal([WasiErrno.NotSupported, WasiErrno.NotSupported], Ints(outcome.Output));
    }

    [Fact]
    public async Task Pointers_outside_of_memory_are_a_fault_and_not_a_read_of_the_host()
    {
        var outcome = await Wat.RunAsync(Wat.Command(
            """
            (i32.store (i32.const 60000) (i32.const 65530)) (i32.store (i32.const 60004) (i32.const 100))
            (i32.store (i32.const 0) (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 60008)))
            (i32.store (i32.const 60000) (i32.const -16)) (i32.store (i32.const 60004) (i32.const 32))
            (i32.store (i32.const 4) (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 60008)))
            (i32.store (i32.const 60004) (i32.const -1))
            (i32.store (i32.const 8) (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 60008)))
            (i32.store (i32.const 12) (call $fd_write (i32.const 1) (i32.const -8) (i32.const 1) (i32.const 60008)))
            (i32.store (i32.const 16) (call $fd_write (i32.const 1) (i32.const 0) (i32.const 100000) (i32.const 60008)))
            (i32.store (i32.const 60000) (i32.const 0)) (i32.store (i32.const 60004) (i32.const 0))
            (i32.store (i32.const 20) (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 65534)))
            """ + Wat.Write(0, 24)));

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal(
            [WasiErrno.Fault, WasiErrno.Fault, WasiErrno.Fault, WasiErrno.Fault, WasiErrno.Invalid, WasiErrno.Fault],
            Ints(outcome.Output));
    }

    private static int[] Ints(ReadOnlyMemory<byte> bytes) =>
        [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToInt32(bytes.Span.Slice(i * 4, 4)))];
}
