namespace Aitbc.Provider.Engines.Wasm;

/// <summary>What this provider grants a module at most; a job asks for the same or less.</summary>
public sealed class WasmLimits
{
    /// <summary>Fuel for one job.</summary>
    public ulong MaxFuel { get; set; } = 100_000_000_000;

    /// <summary>Linear memory, in MiB.</summary>
    public uint MaxMemoryMib { get; set; } = 256;

    /// <summary>Wall-clock time from instantiation to the end, in milliseconds.</summary>
    public int MaxWallMs { get; set; } = 60_000;

    /// <summary>Bytes of standard output; one byte more fails the job.</summary>
    public int MaxOutputBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Bytes of a module.</summary>
    public int MaxModuleBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Arguments after the program name, and their bytes together.</summary>
    public int MaxArgs { get; set; } = 32;

    public int MaxArgBytes { get; set; } = 4096;

    /// <summary>Compiled modules kept in memory, the least recently used one leaving first.</summary>
    public int CachedModules { get; set; } = 16;
}
