namespace Aitbc.Provider.Engines.Js;

/// <summary>What this provider grants a script at most; a job asks for the same or less.</summary>
public sealed class JsLimits
{
    /// <summary>Statements of one job.</summary>
    public ulong MaxStatements { get; set; } = 1_000_000_000;

    /// <summary>Memory of the script, in MiB.</summary>
    public uint MaxMemoryMib { get; set; } = 256;

    /// <summary>Wall-clock time from the start of the script to its end, in milliseconds.</summary>
    public int MaxWallMs { get; set; } = 60_000;

    /// <summary>Bytes that it may print.</summary>
    public int MaxOutputBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes of a script.</summary>
    public int MaxScriptBytes { get; set; } = 1024 * 1024;

    /// <summary>Processes that are kept ready after the first job (0 to 64).</summary>
    public int ReadyProcesses { get; set; } = 1;

    internal string? Problem() => this switch
    {
        { MaxStatements: 0 or > long.MaxValue } => "MaxStatements must be 1 to 2^63 - 1.",
        { MaxMemoryMib: < 1 or > 4096 } => "MaxMemoryMib must be 1 to 4096.",
        { MaxWallMs: < 1 } => "MaxWallMs must be more than 0.",
        { MaxOutputBytes: < 1 or > 8 << 20 } => "MaxOutputBytes must be at most 8 MiB, as a blob.",
        { MaxScriptBytes: < 1 or > 8 << 20 } => "MaxScriptBytes must be at most 8 MiB, as a blob.",
        { ReadyProcesses: < 0 or > 64 } => "ReadyProcesses must be 0 to 64.",
        _ => null,
    };
}
