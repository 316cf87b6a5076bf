namespace Aitbc.Provider.Gpu;

/// <summary>
/// One graphics processor as its driver describes it: a claim, whatever the driver. Null = the driver does not say.
/// </summary>
internal sealed record GpuDevice(int Index, string Name, string Driver)
{
    public long? MemoryBytes { get; init; }

    public long? MemoryUsedBytes { get; init; }

    /// <summary>0 to 100.</summary>
    public int? LoadPercent { get; init; }

    public int? TemperatureCelsius { get; init; }

    /// <summary>Programs that compute on it now.</summary>
    public int? Processes { get; init; }
}

/// <summary>What was found, and by what: <c>nvml</c>, <c>nvidia-smi</c> or <c>none</c>.</summary>
internal sealed record GpuInventory(string Source, IReadOnlyList<GpuDevice> Devices)
{
    public static GpuInventory Nothing { get; } = new("none", []);
}
