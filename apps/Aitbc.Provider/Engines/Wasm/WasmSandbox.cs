using Wasmtime;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>
/// Runs one WASI preview1 module within bounds of fuel, memory, output and time. Same module, input, arguments and
/// limits give the same output and the same fuel with the same engine version: no clock, no true randomness,
/// canonical NaNs, no threads.
/// </summary>
internal sealed class WasmSandbox : IDisposable
{
    /// <summary>Wasmtime counts its stack from the entry of the guest; the thread must have room beyond it.</summary>
    private const int GuestStackBytes = 512 * 1024;

    private const int ThreadStackBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly WasmLimits _limits;
    private readonly TimeProvider _time;
    private readonly Engine _engine;
    private readonly Linker _linker;
    private readonly ITimer _ticker;
    private readonly Lock _gate = new();
    private int _running;
    private bool _disposed;

    public WasmSandbox(WasmLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _engine = new Engine(new Config()
            .WithFuelConsumption(true)
            .WithEpochInterruption(true)
            .WithMaximumStackSize(GuestStackBytes)
            .WithCraneliftNaNCanonicalization(true)
            .WithRelaxedSIMD(false, true)
            .WithWasmThreads(false)
            .WithMultiMemory(false)
            .WithMemory64(false));
        _linker = new Linker(_engine);
        WasiHost.Define(_linker);
        Modules = new ModuleCache(_engine, limits.CachedModules);
        _ticker = time.CreateTimer(_ => OnTick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public static string Version { get; } =
        $"wasmtime-dotnet/{typeof(Engine).Assembly.GetName().Version?.ToString(3)} aitbc-wasi/1";

    internal ModuleCache Modules { get; }

    public Task<EngineOutcome> RunAsync(WasmRun run, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<EngineOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread of its own: the guest blocks it, and deep recursion needs a stack of known size.
        var thread = new Thread(() => RunTo(done, run, cancellation), ThreadStackBytes)
        {
            IsBackground = true,
            Name = "wasm job",
        };
        thread.Start();
        return done.Task;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _ticker.Dispose();
        _linker.Dispose();
        _engine.Dispose();
    }

    private void RunTo(TaskCompletionSource<EngineOutcome> done, WasmRun run, CancellationToken cancellation)
    {
        SetRunning(+1);
        try
        {
            done.SetResult(Run(run, cancellation));
        }
        catch (OperationCanceledException canceled)
        {
            done.SetCanceled(canceled.CancellationToken);
        }
        catch (Exception fault)
        {
            // Whatever it is, it must reach the awaiting job and not end the process from a bare thread.
            done.SetException(fault);
        }
        finally
        {
            SetRunning(-1);
        }
    }

    private EngineOutcome Run(WasmRun run, CancellationToken cancellation)
    {
        if (run.Module.Length > _limits.MaxModuleBytes)
            return EngineOutcome.Fail(
                EngineEnds.ModuleTooLarge, $"The module has more than {_limits.MaxModuleBytes} bytes.");
        // Text and precompiled artifacts are refused by their first bytes: a precompiled one would be trusted machine
        // code.
        if (!run.Module.Span.StartsWith("\0asm\u0001\0\0\0"u8))
            return EngineOutcome.Fail(EngineEnds.ModuleInvalid, "The module is no WebAssembly binary of version 1.");
        Module module;
        try
        {
            module = Modules.Get(run.Module);
        }
        catch (WasmtimeException invalid)
        {
            return EngineOutcome.Fail(EngineEnds.ModuleInvalid, FirstLine(invalid));
        }

        if (ModuleShape.Problem(module) is { } problem)
            return EngineOutcome.Fail(EngineEnds.ModuleUnsupported, problem);
        if (ModuleShape.InitialMemoryBytes(module) > run.MaxMemoryMib * 1024L * 1024L)
            return EngineOutcome.Fail(
                EngineEnds.MemoryExceeded, "The module starts with more memory than the job allows.");
        return Execute(module, run, cancellation);
    }

    private EngineOutcome Execute(Module module, WasmRun run, CancellationToken cancellation)
    {
        var guest = new WasmGuest(run, _limits.MaxOutputBytes, _time.GetTimestamp(), cancellation);
        using var store = new Store(_engine, guest);
        store.SetLimits(
            memorySize: run.MaxMemoryMib * 1024L * 1024L, tableElements: 100_000, instances: 1, tables: 8, memories: 1);
        store.Fuel = run.MaxFuel;
        store.SetEpochDeadlineCallback(_ => Continue(guest));
        store.SetEpochDeadline(1);
        string end, detail;
        Instance? instance = null;
        try
        {
            instance = _linker.Instantiate(store, module);
            var result = instance.GetFunction("_start")!.WrapFunc<ActionResult>()!();
            (end, detail) = result.Type == ResultType.Ok
                ? (EngineEnds.Completed, "")
                : EndOf(result.Trap.Type, guest);
        }
        catch (WasmtimeException stopped)
        {
            // Stops from host calls, traps in a start section and imports of another type arrive as exceptions.
            (end, detail) = stopped is TrapException trap
                ? EndOf(trap.Type, guest) : EndOf(guest, stopped, instance is null);
        }

        cancellation.ThrowIfCancellationRequested();
        var units = run.MaxFuel - store.Fuel;
        return end == EngineEnds.Completed
            ? EngineOutcome.Complete(guest.Output(), units)
            : EngineOutcome.Fail(end, detail, units);
    }

    private void OnTick()
    {
        lock (_gate)
        {
            // A last tick may come after Dispose, which must not reach a freed engine.
            if (!_disposed)
                _engine.IncrementEpoch();
        }
    }

    /// <summary>Asked at every tick while the guest runs: one more tick, or the end.</summary>
    private ulong Continue(WasmGuest guest)
    {
        guest.TimeExceeded = _time.GetElapsedTime(guest.StartedAt).TotalMilliseconds > _limits.MaxWallMs;
        return guest.TimeExceeded || guest.Cancellation.IsCancellationRequested ? throw new GuestStop() : 1UL;
    }

    private (string End, string Detail) EndOf(WasmGuest guest, WasmtimeException stopped, bool unlinked) => guest switch
    {
        { OutputExceeded: true } =>
            (EngineEnds.OutputExceeded, $"The program wrote more than {_limits.MaxOutputBytes} bytes."),
        { TimeExceeded: true } => (EngineEnds.TimeExceeded, $"The program ran longer than {_limits.MaxWallMs} ms."),
        { ExitCode: 0 } => (EngineEnds.Completed, ""),
        { ExitCode: { } code } => (EngineEnds.ExitedWithCode, $"The program exited with code {code}."),
        _ => (unlinked ? EngineEnds.ModuleUnsupported : EngineEnds.Trapped, FirstLine(stopped)),
    };

    private (string End, string Detail) EndOf(TrapCode trap, WasmGuest guest) => trap switch
    {
        TrapCode.OutOfFuel => (EngineEnds.FuelExhausted, "The program used all of its fuel."),
        TrapCode.StackOverflow => (EngineEnds.StackExhausted, "The program recursed too deeply."),
        TrapCode.Interrupt => (EngineEnds.TimeExceeded, $"The program ran longer than {_limits.MaxWallMs} ms."),
        _ when guest.OutputExceeded => (EngineEnds.OutputExceeded, "The program wrote too much."),
        _ => (EngineEnds.Trapped, $"The program trapped: {trap}."),
    };

    private static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0];

    /// <summary>The epoch ticks only while something runs.</summary>
    private void SetRunning(int change)
    {
        lock (_gate)
        {
            var before = _running;
            _running += change;
            if (_disposed || (before > 0) == (_running > 0))
                return;
            var period = _running > 0 ? Tick : Timeout.InfiniteTimeSpan;
            _ticker.Change(period, period);
        }
    }
}
