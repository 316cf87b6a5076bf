namespace Aitbc.Provider.Engines;

/// <summary>
/// How a run ended. Only <see cref="EngineEnds.Completed"/> is delivered and paid for. The units of any other end are
/// what was counted until then.
/// </summary>
internal sealed record EngineOutcome(string End, ReadOnlyMemory<byte> Output, ulong Units, string Detail)
{
    /// <summary>
    /// What the receipt states when it knows more than the engine's own version, such as a model's digest.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>Why a model stopped: <c>stop</c>, <c>length</c> or <c>tool_calls</c>; null for other engines.</summary>
    public string? FinishReason { get; init; }

    /// <summary>With <see cref="EngineEnds.Busy"/>: when asking again may help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => End == EngineEnds.Completed;

    public static EngineOutcome Complete(ReadOnlyMemory<byte> output, ulong units) =>
        new(EngineEnds.Completed, output, units, "");

    public static EngineOutcome Fail(string end, string detail, ulong units = 0) => new(end, default, units, detail);
}
