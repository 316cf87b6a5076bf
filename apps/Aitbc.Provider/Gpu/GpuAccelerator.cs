using System.Runtime.InteropServices;
using Aitbc.Sdk.Gpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Aitbc.Provider.Gpu;

/// <summary>The results of a challenge and the time from the first matrix to the last result.</summary>
internal sealed record GpuRun(byte[] Results, TimeSpan Elapsed);

/// <summary>
/// What does the work of a challenge: CUDA if there is a device for it, else OpenCL on a graphics processor, else the
/// processor of this machine.
/// </summary>
internal sealed class GpuAccelerator : IDisposable
{
    // A launch that takes long would be ended by the driver where the device has a screen.
    private const int StepsPerLaunch = 64;

    private readonly Context _context;
    private readonly Device _device;
    private readonly TimeProvider _time;

    private GpuAccelerator(Context context, Device device, TimeProvider time) =>
        (_context, _device, _time) = (context, device, time);

    /// <summary><c>cuda</c>, <c>opencl</c> or <c>cpu</c>.</summary>
    public string Backend => _device.AcceleratorType switch
    {
        AcceleratorType.Cuda => "cuda",
        AcceleratorType.OpenCL => "opencl",
        _ => "cpu",
    };

    public string Name => _device.Name;

    public bool IsGpu => _device.AcceleratorType != AcceleratorType.CPU;

    public long MemoryBytes => _device.MemorySize;

    public static GpuAccelerator Find(TimeProvider time)
    {
        var context = Context.Create(builder =>
        {
            builder.CPU();
            // Drivers that are there and broken must not keep a provider from selling what it has.
            Attempt(() => builder.Cuda());
            Attempt(() => builder.OpenCL(d => d.DeviceType == CLDeviceType.CL_DEVICE_TYPE_GPU));
        });
        var device = context.Devices.FirstOrDefault(d => d.AcceleratorType == AcceleratorType.Cuda)
            ?? context.Devices.FirstOrDefault(d => d.AcceleratorType == AcceleratorType.OpenCL)
            ?? context.Devices.First(d => d.AcceleratorType == AcceleratorType.CPU);
        return new GpuAccelerator(context, device, time);
    }

    /// <summary>
    /// Does the work. Throws <see cref="IOException"/> when the device fails, such as for want of memory, and
    /// <see cref="OperationCanceledException"/> between two launches.
    /// </summary>
    public GpuRun Run(GpuWork work, CancellationToken cancellation)
    {
        try
        {
            using var accelerator = _device.CreateAccelerator(_context);
            using var blocks = accelerator.Allocate1D<uint>((long)work.Lanes * work.Steps * GpuWork.Elements);
            using var results = accelerator.Allocate1D<ulong>(work.Lanes);
            var fill = accelerator.LoadAutoGroupedStreamKernel<
                Index1D, ArrayView1D<uint, Stride1D.Dense>, ulong, ulong, int, int, int>(GpuKernels.Fill);
            var fold = accelerator.LoadAutoGroupedStreamKernel<
                Index1D, ArrayView1D<uint, Stride1D.Dense>, ArrayView1D<ulong, Stride1D.Dense>, int>(GpuKernels.Fold);
            var (first, second) = work.Words();
            var started = _time.GetTimestamp();
            for (var from = 0; from < work.Steps; from += StepsPerLaunch)
            {
                cancellation.ThrowIfCancellationRequested();
                var to = Math.Min(work.Steps, from + StepsPerLaunch);
                fill(work.Lanes, blocks.View, first, second, work.Steps, from, to);
                accelerator.Synchronize();
            }

            fold(work.Lanes, blocks.View, results.View, work.Steps);
            accelerator.Synchronize();
            var elapsed = _time.GetElapsedTime(started);
            return new GpuRun(MemoryMarshal.AsBytes<ulong>(results.GetAsArray1D()).ToArray(), elapsed);
        }
        catch (Exception fault) when (fault is AcceleratorException or OutOfMemoryException or NotSupportedException)
        {
            throw new IOException($"The device failed: {fault.GetType().Name}.", fault);
        }
    }

    public void Dispose() => _context.Dispose();

    private static void Attempt(Action register)
    {
        try
        {
            register();
        }
        catch (Exception broken) when (broken is DllNotFoundException or EntryPointNotFoundException
            or AcceleratorException or NotSupportedException or InvalidOperationException)
        {
            // As if it were not there.
        }
    }
}
