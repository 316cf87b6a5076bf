using Aitbc.Provider.Engines.Models;
using Aitbc.Script;

namespace Aitbc.Provider.Engines.Js;

/// <summary>
/// Runs scripts, each in a process of its own: built-in functions of the language can take time and memory that no
/// count of statements sees, and only the end of a process ends them for certain.
/// </summary>
internal sealed class JsSandbox(JsLimits limits, TimeProvider time) : IDisposable
{
    // The process ends a script itself at its time limit; this is for one that does not.
    private const int MarginMs = 2000;
    private readonly Lock _gate = new();
    private readonly Queue<ScriptProcess> _ready = new();
    private bool _disposed;

    public static string Version { get; } =
        $"jint/{typeof(Jint.Engine).Assembly.GetName().Version?.ToString(3)} aitbc-js/1";

    public async Task<EngineOutcome> RunAsync(ScriptRequest request, CancellationToken cancellation)
    {
        if (request.Script.Length > limits.MaxScriptBytes)
            return EngineOutcome.Fail(
                EngineEnds.ModuleTooLarge, $"The script has more than {limits.MaxScriptBytes} bytes.");
        using var deadline = new LinkedDeadline(
            TimeSpan.FromMilliseconds(request.MaxWallMs + MarginMs), time, cancellation);
        try
        {
            using var process = await Task.Run(Take, cancellation);
            var result = await process.RunAsync(request, deadline.Token);
            return OutcomeOf(result, request);
        }
        catch (IOException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (IOException) when (deadline.Token.IsCancellationRequested)
        {
            return TimeExceeded(request);
        }
        catch (IOException)
        {
            return EngineOutcome.Fail(
                EngineEnds.Trapped, "The process of the script ended: it used up its memory or its stack.");
        }
        finally
        {
            // Starting a process takes its time, for which nobody who has a result should wait.
            _ = Task.Run(Prepare, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_ready.TryDequeue(out var process))
                process.Dispose();
        }
    }

    private ScriptProcess Take()
    {
        lock (_gate)
        {
            if (_ready.TryDequeue(out var ready))
                return ready;
        }

        return ScriptProcess.Start(limits.MaxMemoryMib, ready: false);
    }

    /// <summary>
    /// Has the next process ready when a job has ended: a machine that is not asked for scripts keeps none.
    /// </summary>
    private void Prepare()
    {
        lock (_gate)
        {
            if (_disposed || _ready.Count >= limits.ReadyProcesses)
                return;
            try
            {
                _ready.Enqueue(ScriptProcess.Start(limits.MaxMemoryMib, ready: true));
            }
            catch (IOException)
            {
                // The next job will say so.
            }
        }
    }

    private EngineOutcome OutcomeOf(ScriptResult result, ScriptRequest request)
    {
        var units = (ulong)Math.Min(result.Statements, request.MaxStatements);
        return result.End switch
        {
            ScriptEnd.Completed => EngineOutcome.Complete(result.Output, units),
            ScriptEnd.Invalid => EngineOutcome.Fail(EngineEnds.ModuleInvalid, result.Detail, units),
            ScriptEnd.StatementsExhausted =>
                EngineOutcome.Fail(EngineEnds.FuelExhausted, "The script used all of its statements.", units),
            ScriptEnd.MemoryExceeded => EngineOutcome.Fail(
                EngineEnds.MemoryExceeded, $"The script used more than {request.MaxMemoryBytes >> 20} MiB.", units),
            ScriptEnd.OutputExceeded => EngineOutcome.Fail(
                EngineEnds.OutputExceeded, $"The script printed more than {limits.MaxOutputBytes} bytes.", units),
            ScriptEnd.StackExhausted =>
                EngineOutcome.Fail(EngineEnds.StackExhausted, "The script recursed too deeply.", units),
            ScriptEnd.TimeExceeded => TimeExceeded(request, units),
            _ => EngineOutcome.Fail(EngineEnds.Trapped, result.Detail, units),
        };
    }

    // Nobody knows what a process had counted that did not answer.
    private static EngineOutcome TimeExceeded(ScriptRequest request, ulong units = 0) =>
        EngineOutcome.Fail(EngineEnds.TimeExceeded, $"The script ran longer than {request.MaxWallMs} ms.", units);
}
