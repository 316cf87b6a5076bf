using System.Buffers.Binary;
using Aitbc.Node.Bft.Wire;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// A snapshot in a file (specs/storage.md, section 8): what peers would send, one message after the other. There is no
/// checksum: whatever is changed in it does not hold against the certificate.
/// </summary>
internal static class SnapshotFile
{
    private static readonly byte[] Magic = "aitbc/snapshot/1"u8.ToArray();
    private static readonly int Longest = Network.GossipLimits.MaxMessage;

    public static void Begin(Stream file) => file.Write(Magic);

    public static void Write(Stream file, PeerMessage message)
    {
        var bytes = PeerCodec.Encode(message);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        file.Write(length);
        file.Write(bytes);
    }

    /// <exception cref="NodeStartException">It is no snapshot.</exception>
    public static void ReadBegin(Stream file)
    {
        var magic = new byte[Magic.Length];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.AsSpan().SequenceEqual(Magic))
            throw Refused("The file is no snapshot.");
    }

    /// <exception cref="NodeStartException">The file ends, or something else comes.</exception>
    public static T Read<T>(Stream file)
        where T : PeerMessage
    {
        var head = new byte[sizeof(int)];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            throw Refused("The snapshot is cut off.");
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length <= 0 || length > Longest)
            throw Refused("The snapshot is damaged.");
        // A file that claims more than it has takes no more memory than it has.
        if (file.Length - file.Position < length)
            throw Refused("The snapshot is cut off.");
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return PeerCodec.TryDecode(bytes, out var message) && message is T wanted
            ? wanted
            : throw Refused("The snapshot is damaged.");
    }

    public static NodeStartException Refused(string detail) =>
        new(NodeStartException.SnapshotRefused, detail + " Nothing was changed.");
}
