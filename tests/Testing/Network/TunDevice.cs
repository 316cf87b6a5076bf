using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Testing.Network;

/// <summary>
/// A network interface of the kernel whose packets are read and written here. It may be moved into a network namespace
/// and stays with this process, with which it goes, however that ends.
/// </summary>
public sealed class TunDevice : IDisposable
{
    private const string Clone = "/dev/net/tun";
    private const uint SetInterface = 0x400454ca; // TUNSETIFF
    private const short PlainPackets = 0x1001; // IFF_TUN | IFF_NO_PI
    private const int RequestBytes = 40; // struct ifreq
    private const int LongestName = 15;
    private readonly SafeFileHandle handle;

    private TunDevice(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Makes one of this name in the network namespace of this process.</summary>
    /// <exception cref="IOException">There can be none: no right, no such kernel part, the name is taken.</exception>
    public static TunDevice Open(string name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, LongestName);
        SafeFileHandle handle;
        try
        {
            // Closed when a program is started from here, so that no child keeps the device alive.
            handle = File.OpenHandle(Clone, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{Clone}: {e.Message}", e);
        }

        var request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(LongestName + 1), PlainPackets);
        if (Native.Control(handle, SetInterface, request) == 0)
            return new TunDevice(handle);
        var error = Marshal.GetLastPInvokeErrorMessage();
        handle.Dispose();
        throw new IOException($"The interface {name} cannot be made: {error}.");
    }

    /// <summary>Takes the next packet that the kernel sends; waits for one if there is none. 0 = it is gone.</summary>
    public int Read(Span<byte> packet) =>
        (int)Math.Max(0, Native.Read(handle, ref MemoryMarshal.GetReference(packet), (nuint)packet.Length));

    /// <summary>Gives the kernel a packet. One that it does not take (the interface is down) is lost.</summary>
    public void Write(ReadOnlySpan<byte> packet) =>
        _ = Native.Write(handle, ref MemoryMarshal.GetReference(packet), (nuint)packet.Length);

    /// <summary>Removes it.</summary>
    public void Dispose() => handle.Dispose();

    /// <summary>Waits for so long at most; true for each device that has a packet.</summary>
    internal static bool[] Wait(IReadOnlyList<TunDevice> devices, TimeSpan most)
    {
        var polled = devices
            .Select(d => new Polled((int)d.handle.DangerousGetHandle(), Native.Readable, 0)).ToArray();
        var any = Native.Poll(polled, (nuint)polled.Length, (int)Math.Ceiling(most.TotalMilliseconds)) > 0;
        return [.. polled.Select(p => any && (p.Seen & Native.Readable) != 0)];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled(int descriptor, short wanted, short seen)
    {
        public int Descriptor = descriptor;
        public short Wanted = wanted;
        public short Seen = seen;
    }

    private static class Native
    {
        internal const short Readable = 1; // POLLIN

        [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Control(SafeFileHandle descriptor, nuint request, byte[] argument);

        [DllImport("libc", EntryPoint = "read", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint Read(SafeFileHandle descriptor, ref byte bytes, nuint count);

        [DllImport("libc", EntryPoint = "write", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern nint Write(SafeFileHandle descriptor, ref byte bytes, nuint count);

        [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Poll([In, Out] Polled[] descriptors, nuint count, int milliseconds);
    }
}
