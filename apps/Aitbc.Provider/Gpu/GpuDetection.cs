namespace Aitbc.Provider.Gpu;

/// <summary>Looks for graphics processors: the library first, then the program, else there are none.</summary>
internal sealed class GpuDetection(NvidiaSmi program, TimeProvider time) : IDisposable
{
    // Anybody may ask, and asking the driver or starting a program costs more than an answer.
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _one = new(1, 1);
    private (GpuInventory Found, long At)? _known;

    public async Task<GpuInventory> DetectAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_known is not { } known || time.GetElapsedTime(known.At) > Believed)
                _known = known = (await AskAsync(cancellation), time.GetTimestamp());
            return known.Found;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<GpuInventory> AskAsync(CancellationToken cancellation)
    {
        using (var library = Nvml.TryOpen())
        {
            if (library?.Devices() is { Count: > 0 } devices)
                return new GpuInventory("nvml", devices);
        }

        return await program.DevicesAsync(cancellation) is { Count: > 0 } found
            ? new GpuInventory("nvidia-smi", found) : GpuInventory.Nothing;
    }
}
