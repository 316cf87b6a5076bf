namespace Aitbc.Fuzz;

/// <summary>
/// Something that takes bytes of anybody. It returns for bytes that are fine and for those it refuses in the way it
/// promises; any exception that leaves it is a finding.
/// </summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>What the targets' table and the folder of its corpus call it.</summary>
    string Name { get; }

    /// <summary>Words that mean something to it, for the mutations.</summary>
    IReadOnlyList<byte[]> Words => [];

    /// <summary>Inputs that reach far into it: the committed corpus begins with them.</summary>
    IReadOnlyList<(string Name, byte[] Bytes)> Seeds { get; }

    /// <summary>What one case may allocate.</summary>
    Allocation Bound { get; }

    void Run(byte[] input);

    void IDisposable.Dispose()
    {
    }
}

/// <summary>Bytes that a case may allocate: a fixed part and so many for each byte of the input.</summary>
/// <param name="Fixed">Whatever the input.</param>
/// <param name="PerByte">For each byte of it.</param>
/// <param name="ByProcess">
/// True if other threads do the work: then all that the process allocates counts, and nothing else may run beside it.
/// </param>
internal sealed record Allocation(long Fixed, long PerByte, bool ByProcess = false)
{
    public long Of(int inputLength) => Fixed + (PerByte * inputLength);
}

/// <summary>A promise that was broken.</summary>
internal sealed class FuzzFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What broke it; null before the run adds it.</summary>
    public byte[]? Input { get; init; }
}
