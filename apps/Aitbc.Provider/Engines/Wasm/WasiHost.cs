using System.Buffers.Binary;
using Wasmtime;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>
/// WASI preview1 for a marketplace: three streams, arguments, a standing clock and seeded randomness. It is written
/// here instead of using Wasmtime's own, because that one reads the machine's clock and random source and wants files
/// on disk. Host work costs fuel like guest work, so that a guest cannot have the host copy for free.
/// </summary>
internal static class WasiHost
{
    /// <summary>Fuel for one host call, and for each eight bytes it moves.</summary>
    public const ulong FuelPerCall = 50;

    private const string Module = "wasi_snapshot_preview1";
    private const string MemoryName = "memory";
    private const int MaxVectors = 1024;
    private const byte CharacterDevice = 2;
    private const ulong RightRead = 1UL << 1;
    private const ulong RightWrite = 1UL << 6;

    private static readonly HashSet<string> Served =
    [
        "args_sizes_get", "args_get", "environ_sizes_get", "environ_get", "fd_read", "fd_write", "fd_fdstat_get",
        "fd_close", "fd_seek", "clock_time_get", "clock_res_get", "random_get", "sched_yield", "proc_exit",
    ];

    public static bool Offers(string name) => Served.Contains(name) || WasiRefusals.Refuses(name);

    public static void Define(Linker linker)
    {
        DefineArguments(linker);
        DefineStreams(linker);
        DefineTimeAndChance(linker);
        WasiRefusals.Define(linker, Module);
    }

    private static void DefineArguments(Linker linker)
    {
        linker.DefineFunction(Module, "args_sizes_get", (Caller caller, int countAt, int sizeAt) =>
        {
            var args = Enter(caller).Args;
            return Store32(caller, countAt, (uint)args.Count) && Store32(caller, sizeAt, (uint)args.Sum(a => a.Length))
                ? WasiErrno.Success : WasiErrno.Fault;
        });
        linker.DefineFunction(Module, "args_get", (Caller caller, int pointersAt, int bytesAt) =>
        {
            foreach (var arg in Enter(caller).Args)
            {
                if (!Store32(caller, pointersAt, (uint)bytesAt) || !TrySpan(caller, bytesAt, arg.Length, out var to))
                    return WasiErrno.Fault;
                arg.CopyTo(to);
                pointersAt += 4;
                bytesAt += arg.Length;
            }

            return WasiErrno.Success;
        });
        linker.DefineFunction(Module, "environ_sizes_get", (Caller caller, int countAt, int sizeAt) =>
        {
            Enter(caller);
            return Store32(caller, countAt, 0) && Store32(caller, sizeAt, 0) ? WasiErrno.Success : WasiErrno.Fault;
        });
        linker.DefineFunction(Module, "environ_get", (Caller caller, int _, int _) =>
        {
            Enter(caller);
            return WasiErrno.Success;
        });
    }

    private static void DefineStreams(Linker linker)
    {
        linker.DefineFunction(Module, "fd_read", (Caller caller, int fd, int vectorsAt, int count, int readAt) =>
        {
            var guest = Enter(caller);
            return fd == 0
                ? Move(caller, vectorsAt, count, readAt, to => Fill(guest, to)) : WasiErrno.BadDescriptor;
        });
        linker.DefineFunction(Module, "fd_write", (Caller caller, int fd, int vectorsAt, int count, int writtenAt) =>
        {
            var guest = Enter(caller);
            return fd switch
            {
                1 => Move(caller, vectorsAt, count, writtenAt, from => Append(guest, from)),
                // Standard error is taken and forgotten: it is no part of the result.
                2 => Move(caller, vectorsAt, count, writtenAt, from => from.Length),
                _ => WasiErrno.BadDescriptor,
            };
        });
        linker.DefineFunction(Module, "fd_fdstat_get", (Caller caller, int fd, int statAt) =>
        {
            Enter(caller);
            if (fd is < 0 or > 2)
                return WasiErrno.BadDescriptor;
            if (!TrySpan(caller, statAt, 24, out var stat))
                return WasiErrno.Fault;
            stat.Clear();
            stat[0] = CharacterDevice;
            BinaryPrimitives.WriteUInt64LittleEndian(stat[8..], fd == 0 ? RightRead : RightWrite);
            return WasiErrno.Success;
        });
        linker.DefineFunction(Module, "fd_close", (Caller caller, int fd) =>
        {
            Enter(caller);
            return fd is >= 0 and <= 2 ? WasiErrno.Success : WasiErrno.BadDescriptor;
        });
        linker.DefineFunction(Module, "fd_seek", (Caller caller, int fd, long _, int _, int _) =>
        {
            Enter(caller);
            return fd is >= 0 and <= 2 ? WasiErrno.IllegalSeek : WasiErrno.BadDescriptor;
        });
    }

    private static void DefineTimeAndChance(Linker linker)
    {
        linker.DefineFunction(Module, "clock_time_get", (Caller caller, int id, long _, int timeAt) =>
        {
            Enter(caller);
            if (id is < 0 or > 3)
                return WasiErrno.Invalid;
            return Store64(caller, timeAt, WasmGuest.FixedClockNanoseconds) ? WasiErrno.Success : WasiErrno.Fault;
        });
        linker.DefineFunction(Module, "clock_res_get", (Caller caller, int id, int resolutionAt) =>
        {
            Enter(caller);
            if (id is < 0 or > 3)
                return WasiErrno.Invalid;
            return Store64(caller, resolutionAt, 1) ? WasiErrno.Success : WasiErrno.Fault;
        });
        linker.DefineFunction(Module, "random_get", (Caller caller, int at, int length) =>
        {
            var guest = Enter(caller);
            if (!TrySpan(caller, at, length, out var bytes))
                return WasiErrno.Fault;
            // Hashing is dearer than copying: a unit of fuel for each byte.
            Burn(caller, (ulong)length);
            guest.Random(bytes);
            return WasiErrno.Success;
        });
        linker.DefineFunction(Module, "sched_yield", (Caller caller) =>
        {
            Enter(caller);
            return WasiErrno.Success;
        });
        linker.DefineFunction(Module, "proc_exit", (Caller caller, int code) =>
        {
            Enter(caller).ExitCode = code;
            throw new GuestStop();
        });
    }

    private delegate int Mover(Span<byte> bytes);

    /// <summary>
    /// Hands each vector to <paramref name="move"/> until one is moved in part, and stores the total.
    /// </summary>
    private static int Move(Caller caller, int vectorsAt, int count, int totalAt, Mover move)
    {
        if (count is < 0 or > MaxVectors)
            return WasiErrno.Invalid;
        uint total = 0;
        for (var i = 0; i < count; i++)
        {
            if (!TrySpan(caller, vectorsAt + (i * 8), 8, out var vector))
                return WasiErrno.Fault;
            var at = BinaryPrimitives.ReadInt32LittleEndian(vector);
            var length = BinaryPrimitives.ReadInt32LittleEndian(vector[4..]);
            if (!TrySpan(caller, at, length, out var bytes))
                return WasiErrno.Fault;
            var moved = move(bytes);
            Burn(caller, ((ulong)moved / 8) + 1);
            total += (uint)moved;
            if (moved < length)
                break;
        }

        return Store32(caller, totalAt, total) ? WasiErrno.Success : WasiErrno.Fault;
    }

    private static int Fill(WasmGuest guest, Span<byte> to)
    {
        var chunk = guest.Read(to.Length);
        chunk.CopyTo(to);
        return chunk.Length;
    }

    private static int Append(WasmGuest guest, Span<byte> from) =>
        guest.Write(from) ? from.Length : throw new GuestStop();

    /// <summary>Charges the call and gives the guest's state.</summary>
    internal static WasmGuest Enter(Caller caller)
    {
        Burn(caller, FuelPerCall);
        return (WasmGuest)caller.Store.GetData()!;
    }

    // Fuel that runs out inside a host call is left at zero; the guest's next instruction then traps as out of fuel.
    private static void Burn(Caller caller, ulong fuel)
    {
        var left = caller.Fuel;
        caller.Fuel = left > fuel ? left - fuel : 0;
    }

    private static bool TrySpan(Caller caller, int at, int length, out Span<byte> span)
    {
        span = default;
        // Checked here because the binding throws where WASI wants a fault.
        if (caller.GetMemory(MemoryName) is not { } memory || length < 0
            || (uint)at + (long)length > memory.GetLength())
            return false;
        span = memory.GetSpan((uint)at, length);
        return true;
    }

    private static bool Store32(Caller caller, int at, uint value)
    {
        if (!TrySpan(caller, at, 4, out var span))
            return false;
        BinaryPrimitives.WriteUInt32LittleEndian(span, value);
        return true;
    }

    private static bool Store64(Caller caller, int at, ulong value)
    {
        if (!TrySpan(caller, at, 8, out var span))
            return false;
        BinaryPrimitives.WriteUInt64LittleEndian(span, value);
        return true;
    }
}
