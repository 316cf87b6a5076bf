using Jint;

namespace Aitbc.Script;

/// <summary>
/// Counts statements and stops the script at its bounds. It is asked before every statement, also in loops without a
/// body and in functions that others call.
/// </summary>
internal sealed class StatementMeter(long maxStatements, long maxMemoryBytes) : Constraint
{
    // Asking for the size of the heap costs more than a statement.
    private const int StatementsPerLook = 1024;

    private readonly long _atStart = GC.GetTotalMemory(forceFullCollection: true);

    public long Statements { get; private set; }

    public ScriptEnd? Stopped { get; private set; }

    public override void Check()
    {
        // Once stopped, nothing goes on, whatever the script catches.
        if (Stopped is not null)
            throw new ScriptStoppedException();
        if (Statements >= maxStatements)
            Stop(ScriptEnd.StatementsExhausted);
        Statements++;
        if (Statements % StatementsPerLook == 0 && Used(false) > maxMemoryBytes && Used(true) > maxMemoryBytes)
            Stop(ScriptEnd.MemoryExceeded);
    }

    public override void Reset()
    {
        // One meter counts one script, however often the engine begins anew within it.
    }

    public void Stop(ScriptEnd end)
    {
        Stopped = end;
        throw new ScriptStoppedException();
    }

    private long Used(bool exactly) => GC.GetTotalMemory(exactly) - _atStart;
}

/// <summary>A bound was reached. It is no exception of the language, so a script cannot catch it.</summary>
internal sealed class ScriptStoppedException() : Exception("The script was stopped.");
