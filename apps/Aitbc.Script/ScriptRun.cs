using System.Buffers;
using System.Globalization;
using System.Text;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Aitbc.Script;

/// <summary>
/// Runs one script: <c>input</c> is its input as text, <c>print(value)</c> appends a line to its output, and there is
/// nothing else outside of the language.
/// </summary>
internal sealed class ScriptRun
{
    private const int MostRecursion = 256;
    private const int MostArrayElements = 1 << 22;

    // What would show a clock, the collector, other threads or the culture of the machine, or compile text.
    private static readonly string[] Absent =
    [
        "WeakRef", "FinalizationRegistry", "SharedArrayBuffer", "Atomics", "ShadowRealm", "Temporal", "Intl", "eval",
    ];

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly ScriptRequest _request;
    private readonly StatementMeter _meter;
    private readonly ArrayBufferWriter<byte> _output = new();
    private int _unhandled;

    public ScriptRun(ScriptRequest request)
    {
        _request = request;
        _meter = new StatementMeter(request.MaxStatements, request.MaxMemoryBytes);
    }

    /// <summary>Counted until now, for whoever ends it from outside.</summary>
    public long Statements => _meter.Statements;

    public ScriptResult Run()
    {
        var (end, detail) = Execute();
        var output = end == ScriptEnd.Completed ? _output.WrittenSpan.ToArray() : [];
        return new ScriptResult(end, detail, _meter.Statements, output);
    }

    private (ScriptEnd End, string Detail) Execute()
    {
        try
        {
            var script = Jint.Engine.PrepareScript(Strict.GetString(_request.Script), strict: true);
            using var engine = Engine();
            engine.SetValue("input", Strict.GetString(_request.Input));
            engine.Execute(script);
            return _unhandled > 0 ? (ScriptEnd.Threw, "A promise was rejected and nobody handled it.") : Ended("");
        }
        catch (DecoderFallbackException)
        {
            return (ScriptEnd.Invalid, "Script and input must be UTF-8.");
        }
        catch (ScriptPreparationException syntax)
        {
            return (ScriptEnd.Invalid, syntax.InnerException?.Message ?? syntax.Message);
        }
        catch (JavaScriptException thrown)
        {
            // What is thrown may be an object of the script whose text is a function of the script: only errors speak.
            var text = thrown.Error is Jint.Native.Error.ErrorInstance ? thrown.Message : "A value was thrown.";
            return _meter.Stopped is { } stopped ? (stopped, "") : (ScriptEnd.Threw, text);
        }
        catch (RecursionDepthOverflowException)
        {
            return (ScriptEnd.StackExhausted, "The script recursed too deeply.");
        }
        catch (InsufficientExecutionStackException)
        {
            return (ScriptEnd.StackExhausted, "The script recursed too deeply.");
        }
        catch (Exception e) when (e is MemoryLimitExceededException or OutOfMemoryException)
        {
            return (ScriptEnd.MemoryExceeded, "The script wanted more memory than it may have.");
        }
        catch (ScriptStoppedException)
        {
            return Ended("The script reached a bound.");
        }
        catch (Exception fault)
        {
            return (ScriptEnd.Threw, $"The script failed: {fault.GetType().Name}.");
        }
    }

    /// <summary>A bound that was reached is the end, even if the script swallowed what told it so.</summary>
    private (ScriptEnd End, string Detail) Ended(string detail) => (_meter.Stopped ?? ScriptEnd.Completed, detail);

    private Engine Engine()
    {
        var engine = new Engine(options =>
        {
            options.Strict()
                .Constraint(_meter)
                .LimitRecursion(MostRecursion)
                .MaxArraySize(MostArrayElements)
                .RegexTimeoutInterval(TimeSpan.FromMilliseconds(_request.MaxWallMs))
                .Culture(CultureInfo.InvariantCulture)
                .LocalTimeZone(TimeZoneInfo.Utc)
                .DisableStringCompilation();
            options.TimeSystem = new FixedTime(options.TimeSystem);
        });
        var numbers = new SeededNumbers(_request);
        var random = new ClrFunction(engine, "random", (_, _) => JsNumber.Create(numbers.Next()));
        engine.GetValue("Math").AsObject().FastSetProperty("random", new(random, true, false, true));
        foreach (var name in Absent)
            engine.Global.Delete(name);
        engine.SetValue("print", new ClrFunction(engine, "print", Print));
        engine.Advanced.PromiseRejectionTracker += (_, e) =>
            _unhandled += e.Operation == Jint.Native.Promise.PromiseRejectionOperation.Reject ? 1 : -1;
        return engine;
    }

    private JsValue Print(JsValue self, JsValue[] values)
    {
        var line = Encoding.UTF8.GetBytes((values.Length > 0 ? TypeConverter.ToString(values[0]) : "") + "\n");
        if (line.Length > _request.MaxOutputBytes - _output.WrittenCount)
            _meter.Stop(ScriptEnd.OutputExceeded);
        _output.Write(line);
        return JsValue.Undefined;
    }
}
