using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Aitbc.Primitives;

/// <summary>
/// Keccak-256 as Ethereum uses it (the original padding, not SHA3-256 of FIPS 202). One message is hashed in scalar
/// code; many are hashed four or eight at a time where the processor has AVX2 or AVX-512, with the same results.
/// Nothing is allocated.
/// </summary>
public static partial class Keccak256
{
    private const int Rate = 136;
    private const int RateWords = Rate / sizeof(ulong);
    private const int Words = 25;
    private const int WidestLanes = 8;

    // Messages of more blocks than this are hashed one by one: nodes of a trie have five at most.
    private const int LongestInLanes = 8;

    /// <summary>Messages hashed at once on this processor: 1, 4 or 8.</summary>
    internal static int Lanes { get; } = Avx512F.IsSupported ? 8 : Avx2.IsSupported ? 4 : 1;

    /// <summary>The hash of the bytes.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Hash(data, hash);
        return Hash256.FromBytes(hash);
    }

    /// <summary>The hash of 32 bytes.</summary>
    public static Hash256 HashWord(Hash256 data)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        data.CopyTo(bytes);
        return Hash(bytes);
    }

    /// <summary>Writes the hash of the bytes into 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Span<ulong> state = stackalloc ulong[Words];
        state.Clear();
        for (; data.Length >= Rate; data = data[Rate..])
        {
            Absorb(state, 1, 0, data[..Rate]);
            Permute(state);
        }

        AbsorbLast(state, 1, 0, data);
        Permute(state);
        for (var i = 0; i < 4; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(8 * i)..], state[i]);
    }

    /// <summary>The hashes of many messages, in their order; those of equal length in blocks go together.</summary>
    /// <param name="messages">Any number, of any length.</param>
    /// <param name="hashes">As many.</param>
    /// <exception cref="ArgumentException">There is no room for the hashes.</exception>
    public static void HashMany(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> hashes) =>
        HashMany(messages, hashes, Lanes);

    /// <summary>As the public one, with so many lanes, which the processor must have.</summary>
    internal static void HashMany(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> hashes, int lanes)
    {
        if (hashes.Length < messages.Length)
            throw new ArgumentException("There is no room for the hashes.", nameof(hashes));
        Span<int> blocksWaiting = stackalloc int[LongestInLanes + 1];
        Span<int> waiting = stackalloc int[(LongestInLanes + 1) * WidestLanes];
        blocksWaiting.Clear();
        for (var i = 0; i < messages.Length; i++)
        {
            var blocks = (messages[i].Length / Rate) + 1;
            if (lanes == 1 || blocks > LongestInLanes)
            {
                hashes[i] = Hash(messages[i].Span);
                continue;
            }

            ref var count = ref blocksWaiting[blocks];
            var group = waiting.Slice(blocks * WidestLanes, lanes);
            group[count++] = i;
            if (count < lanes)
                continue;
            HashGroup(messages, hashes, group, blocks, lanes);
            count = 0;
        }

        for (var blocks = 1; blocks <= LongestInLanes; blocks++)
            HashRest(messages, hashes, waiting.Slice(blocks * WidestLanes, blocksWaiting[blocks]), blocks, lanes);
    }

    // A group that is not full costs what a full one does, which is less than two messages one by one.
    private static void HashRest(
        ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> hashes, ReadOnlySpan<int> group, int blocks,
        int lanes)
    {
        if (group.Length > 1)
            HashGroup(messages, hashes, group, blocks, lanes);
        else if (group.Length == 1)
            hashes[group[0]] = Hash(messages[group[0]].Span);
    }

    private static void HashGroup(
        ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> hashes, ReadOnlySpan<int> group, int blocks,
        int lanes)
    {
        Span<ulong> all = stackalloc ulong[Words * WidestLanes];
        var state = all[..(Words * lanes)];
        state.Clear();
        for (var block = 0; block < blocks; block++)
        {
            for (var lane = 0; lane < group.Length; lane++)
            {
                var rest = messages[group[lane]].Span[(block * Rate)..];
                if (block + 1 < blocks)
                    Absorb(state, lanes, lane, rest[..Rate]);
                else
                    AbsorbLast(state, lanes, lane, rest);
            }

            if (lanes == WidestLanes)
                Permute8(state);
            else
                Permute4(state);
        }

        Span<byte> hash = stackalloc byte[Hash256.Length];
        for (var lane = 0; lane < group.Length; lane++)
        {
            for (var i = 0; i < 4; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(hash[(8 * i)..], state[(i * lanes) + lane]);
            hashes[group[lane]] = Hash256.FromBytes(hash);
        }
    }

    private static void Absorb(Span<ulong> state, int lanes, int lane, ReadOnlySpan<byte> block)
    {
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(block)[..RateWords];
            for (int i = 0, at = lane; i < words.Length; i++, at += lanes)
                state[at] ^= words[i];
            return;
        }

        for (var i = 0; i < RateWords; i++)
            state[(i * lanes) + lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }

    // The rest of a message, shorter than a block, with the padding 01 00 … 00 80.
    private static void AbsorbLast(Span<ulong> state, int lanes, int lane, ReadOnlySpan<byte> rest)
    {
        Span<byte> block = stackalloc byte[Rate];
        block.Clear();
        rest.CopyTo(block);
        block[rest.Length] = 1;
        block[^1] |= 0x80;
        Absorb(state, lanes, lane, block);
    }
}
