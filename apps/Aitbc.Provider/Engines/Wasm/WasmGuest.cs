using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>
/// What one running module can see and has done: its input, its output, its arguments, its seed, its time.
/// </summary>
internal sealed class WasmGuest
{
    /// <summary>Every clock stands still at 2020-01-01T00:00:00Z, in nanoseconds since 1970.</summary>
    public const ulong FixedClockNanoseconds = 1_577_836_800_000_000_000;

    private static readonly byte[] SeedDomain = "aitbc-wasi-random-1"u8.ToArray();
    private readonly int _maxOutput;
    private readonly byte[] _seed;
    private readonly byte[] _block = new byte[32];
    private readonly ArrayBufferWriter<byte> _output = new();
    private ulong _nextBlock;
    private int _blockUsed = 32;
    private int _inputAt;

    public WasmGuest(WasmRun run, int maxOutput, long startedAt, CancellationToken cancellation)
    {
        _maxOutput = maxOutput;
        Input = run.Input;
        StartedAt = startedAt;
        Cancellation = cancellation;
        Args = [.. run.Args.Prepend("main").Select(a => Encoding.UTF8.GetBytes(a + "\0"))];
        _seed = Seed(run, Args);
    }

    public ReadOnlyMemory<byte> Input { get; }

    public IReadOnlyList<byte[]> Args { get; }

    public long StartedAt { get; }

    public CancellationToken Cancellation { get; }

    public int? ExitCode { get; set; }

    public bool OutputExceeded { get; private set; }

    public bool TimeExceeded { get; set; }

    public byte[] Output() => _output.WrittenSpan.ToArray();

    public ReadOnlySpan<byte> Read(int length)
    {
        var take = Math.Min(length, Input.Length - _inputAt);
        var chunk = Input.Span.Slice(_inputAt, take);
        _inputAt += take;
        return chunk;
    }

    /// <summary>Appends to the output; false when that would exceed its bound.</summary>
    public bool Write(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length > _maxOutput - _output.WrittenCount)
        {
            OutputExceeded = true;
            return false;
        }

        _output.Write(chunk);
        return true;
    }

    /// <summary>
    /// The next bytes of SHA-256(seed ‖ counter): the same module, input and arguments get the same bytes.
    /// </summary>
    public void Random(Span<byte> into)
    {
        Span<byte> counted = stackalloc byte[40];
        _seed.CopyTo(counted);
        while (into.Length > 0)
        {
            if (_blockUsed == _block.Length)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(counted[32..], _nextBlock++);
                SHA256.HashData(counted, _block);
                _blockUsed = 0;
            }

            var take = Math.Min(into.Length, _block.Length - _blockUsed);
            _block.AsSpan(_blockUsed, take).CopyTo(into);
            _blockUsed += take;
            into = into[take..];
        }
    }

    private static byte[] Seed(WasmRun run, IReadOnlyList<byte[]> args)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SeedDomain);
        hash.AppendData(SHA256.HashData(run.Module.Span));
        hash.AppendData(SHA256.HashData(run.Input.Span));
        foreach (var arg in args)
            hash.AppendData(arg);
        return hash.GetHashAndReset();
    }
}
