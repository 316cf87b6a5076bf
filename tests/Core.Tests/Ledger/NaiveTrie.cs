using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Core.Tests.Ledger;

/// <summary>
/// The root as the Yellow Paper defines it (appendix D, functions c and n), of all keys at once and without a tree.
/// </summary>
internal static class NaiveTrie
{
    public static Hash256 RootOf(IEnumerable<KeyValuePair<byte[], byte[]>> values)
    {
        var items = values.Select(v => (Key: Nibbles(v.Key), v.Value)).ToArray();
        return Keccak256.Hash(items.Length == 0 ? [0x80] : Structure(items, 0));
    }

    private static byte[] Structure((byte[] Key, byte[] Value)[] items, int depth)
    {
        var writer = new RlpWriter();
        var list = writer.StartList();
        if (items.Length == 1)
        {
            writer.Write(HexPrefix(items[0].Key[depth..], isLeaf: true));
            writer.Write(items[0].Value);
        }
        else if (Common(items) is var common && common > depth)
        {
            writer.Write(HexPrefix(items[0].Key[depth..common], isLeaf: false));
            writer.WriteRaw(Reference(items, common));
        }
        else
        {
            for (var nibble = 0; nibble < 16; nibble++)
            {
                var below = items.Where(i => i.Key.Length > depth && i.Key[depth] == nibble).ToArray();
                writer.WriteRaw(below.Length == 0 ? [0x80] : Reference(below, depth + 1));
            }

            writer.Write(items.FirstOrDefault(i => i.Key.Length == depth).Value ?? []);
        }

        writer.EndList(list);
        return writer.ToArray();
    }

    private static byte[] Reference((byte[] Key, byte[] Value)[] items, int depth)
    {
        var structure = Structure(items, depth);
        return structure.Length < 32 ? structure : [0xa0, .. Keccak256.Hash(structure).ToArray()];
    }

    private static int Common((byte[] Key, byte[] Value)[] items) =>
        items.Min(i => items[0].Key.AsSpan().CommonPrefixLength(i.Key));

    private static byte[] HexPrefix(byte[] path, bool isLeaf)
    {
        var flag = (isLeaf ? 2 : 0) + (path.Length % 2);
        byte[] whole = path.Length % 2 == 0 ? [(byte)flag, 0, .. path] : [(byte)flag, .. path];
        return [.. whole.Chunk(2).Select(pair => (byte)((pair[0] << 4) | pair[1]))];
    }

    private static byte[] Nibbles(byte[] key) => [.. key.SelectMany(b => new[] { (byte)(b >> 4), (byte)(b & 15) })];
}

/// <summary>Order of byte strings, a beginning before what goes on.</summary>
internal sealed class ByteOrder : IComparer<byte[]>
{
    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
