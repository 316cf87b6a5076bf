using System.Runtime.InteropServices;
using System.Text;

namespace Aitbc.Provider.Gpu;

/// <summary>
/// Asks NVIDIA's management library, where there is one. Nothing here throws because of an absent library, an old one,
/// or a device that went away: what cannot be read is null.
/// </summary>
internal sealed class Nvml : IDisposable
{
    private const int Success = 0;
    private const int InsufficientSize = 7;
    private const int TextBytes = 96;
    private const uint MostDevices = 64;
    private readonly nint _library;

    private Nvml(nint library) => _library = library;

    private delegate int Call();

    private delegate int ReadCount(out uint count);

    private delegate int ReadHandle(uint index, out nint device);

    private delegate int ReadText(nint device, [Out] byte[] text, uint length);

    private delegate int ReadSystemText([Out] byte[] text, uint length);

    private delegate int ReadMemory(nint device, out Memory memory);

    private delegate int ReadLoad(nint device, out Load load);

    private delegate int ReadTemperature(nint device, int sensor, out uint celsius);

    private delegate int ReadProcesses(nint device, ref uint count, nint infos);

    /// <summary>Null when the library is not there or does not start.</summary>
    public static Nvml? TryOpen(string name = "libnvidia-ml.so.1")
    {
        if (!NativeLibrary.TryLoad(name, out var library))
            return null;
        var nvml = new Nvml(library);
        if (nvml.Find<Call>("nvmlInit_v2") is { } init && init() == Success)
            return nvml;
        NativeLibrary.Free(library);
        return null;
    }

    public IReadOnlyList<GpuDevice> Devices()
    {
        if (Find<ReadCount>("nvmlDeviceGetCount_v2") is not { } readCount || readCount(out var count) != Success
            || Find<ReadHandle>("nvmlDeviceGetHandleByIndex_v2") is not { } readHandle)
            return [];
        var driver = SystemText("nvmlSystemGetDriverVersion");
        var devices = new List<GpuDevice>();
        for (uint index = 0; index < Math.Min(count, MostDevices); index++)
        {
            if (readHandle(index, out var device) == Success)
                devices.Add(Describe((int)index, device, driver));
        }

        return devices;
    }

    public void Dispose()
    {
        Find<Call>("nvmlShutdown")?.Invoke();
        NativeLibrary.Free(_library);
    }

    private GpuDevice Describe(int index, nint device, string driver)
    {
        var text = new byte[TextBytes];
        var named = Find<ReadText>("nvmlDeviceGetName") is { } name && name(device, text, TextBytes) == Success;
        var found = new GpuDevice(index, named ? Text(text) : "unknown", driver);
        if (Find<ReadMemory>("nvmlDeviceGetMemoryInfo") is { } memory && memory(device, out var bytes) == Success)
            found = found with { MemoryBytes = (long)bytes.Total, MemoryUsedBytes = (long)bytes.Used };
        if (Find<ReadLoad>("nvmlDeviceGetUtilizationRates") is { } load && load(device, out var rates) == Success)
            found = found with { LoadPercent = (int)rates.Processor };
        if (Find<ReadTemperature>("nvmlDeviceGetTemperature") is { } heat
            && heat(device, 0, out var celsius) == Success)
            found = found with { TemperatureCelsius = (int)celsius };
        return found with { Processes = Processes(device) };
    }

    /// <summary>Asked with room for none, the library says how many there are.</summary>
    private int? Processes(nint device)
    {
        if (Find<ReadProcesses>("nvmlDeviceGetComputeRunningProcesses_v3") is not { } read)
            return null;
        uint count = 0;
        return read(device, ref count, 0) is Success or InsufficientSize ? (int)count : null;
    }

    private string SystemText(string function)
    {
        var text = new byte[TextBytes];
        return Find<ReadSystemText>(function) is { } read && read(text, TextBytes) == Success ? Text(text) : "unknown";
    }

    private T? Find<T>(string function)
        where T : Delegate =>
        NativeLibrary.TryGetExport(_library, function, out var address)
            ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;

    private static string Text(byte[] text)
    {
        var end = Array.IndexOf(text, (byte)0);
        return Encoding.ASCII.GetString(text, 0, end < 0 ? text.Length : end);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Load
    {
        public uint Processor;
        public uint Memory;
    }
}
