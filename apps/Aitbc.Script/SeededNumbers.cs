using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Script;

/// <summary>
/// Numbers from 0 to below 1, from SHA-256(seed ‖ counter): the same script, input and seed get the same numbers.
/// </summary>
internal sealed class SeededNumbers
{
    private static readonly byte[] Domain = "aitbc-js-random-1"u8.ToArray();
    private readonly byte[] _counted = new byte[40];
    private ulong _next;

    public SeededNumbers(ScriptRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        hash.AppendData(SHA256.HashData(request.Script));
        hash.AppendData(SHA256.HashData(request.Input));
        hash.AppendData(Encoding.UTF8.GetBytes(request.Seed));
        hash.GetHashAndReset().CopyTo(_counted, 0);
    }

    public double Next()
    {
        Span<byte> digest = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(_counted.AsSpan(32), _next++);
        SHA256.HashData(_counted, digest);
        // 53 bits are what a number of the language holds exactly.
        return (BinaryPrimitives.ReadUInt64LittleEndian(digest) >> 11) * (1.0 / (1UL << 53));
    }
}
