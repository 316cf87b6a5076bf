using Aitbc.Testing;

namespace Aitbc.Fuzz.Running;

/// <summary>Random bytes, and changed ones of a corpus. Inputs stay within <see cref="LongestInput"/>.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<byte[]> words, Xoshiro random)
{
    public const int LongestInput = 64 * 1024;

    private const int LongestRandom = 256;
    private const int MostChanges = 6;

    // Boundaries of RLP, ABI words, JSON and lengths.
    private static readonly byte[] Interesting =
    [
        0x00, 0x01, 0x02, 0x1f, 0x20, 0x21, 0x22, 0x30, 0x3f, 0x40, 0x5b, 0x5d, 0x7b, 0x7d, 0x7e, 0x7f, 0x80, 0x81,
        0xb7, 0xb8, 0xbf, 0xc0, 0xc1, 0xf7, 0xf8, 0xfe, 0xff,
    ];

    public byte[] Next()
    {
        if (corpus.Count == 0 || random.Below(16) == 0)
            return Random(random.Below(LongestRandom));
        var bytes = new List<byte>(corpus[random.Below(corpus.Count)]);
        for (var left = 1 + random.Below(MostChanges); left > 0; left--)
            Change(bytes);
        if (bytes.Count > LongestInput)
            bytes.RemoveRange(LongestInput, bytes.Count - LongestInput);
        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = random.Below(bytes.Count + 1);
        var length = Math.Min(1 + random.Below(random.Below(4) == 0 ? 64 : 4), bytes.Count - at);
        switch (random.Below(11))
        {
            case 0 or 1 when length > 0:
                bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 2 or 3 when length > 0:
                bytes[at] = Interesting[random.Below(Interesting.Length)];
                break;
            case 4 when length > 0:
                bytes[at] = random.Byte();
                break;
            case 5:
                bytes.InsertRange(at, Random(1 + random.Below(8)));
                break;
            case 6:
                bytes.RemoveRange(at, length);
                break;
            case 7 when length > 0:
                Repeat(bytes, at, length);
                break;
            case 8:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 9 when words.Count > 0:
                bytes.InsertRange(at, words[random.Below(words.Count)]);
                break;
            default:
                Splice(bytes, at);
                break;
        }
    }

    // Mostly twice, seldom so often that nesting or length reaches its bound.
    private void Repeat(List<byte> bytes, int at, int length)
    {
        var times = random.Below(64) == 0 ? random.Below(LongestInput / length) : 1 + random.Below(3);
        var chunk = bytes.GetRange(at, length).ToArray();
        var repeated = new byte[Math.Min(chunk.Length * times, LongestInput)];
        for (var i = 0; i < repeated.Length; i++)
            repeated[i] = chunk[i % chunk.Length];
        bytes.InsertRange(at, repeated);
    }

    private void Splice(List<byte> bytes, int at)
    {
        var other = corpus[random.Below(corpus.Count)];
        if (other.Length == 0)
            return;
        var from = random.Below(other.Length);
        var piece = other.AsSpan(from, 1 + random.Below(Math.Min(128, other.Length - from)));
        bytes.RemoveRange(at, Math.Min(piece.Length, bytes.Count - at));
        bytes.InsertRange(at, piece.ToArray());
    }

    private byte[] Random(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = random.Byte();
        return bytes;
    }
}
