using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links.Wire;

/// <summary>Where a peer was seen.</summary>
internal sealed record SeenAddress(IPAddress Address, ushort Port, PeerId Id);

/// <summary>The answer to a question for addresses (L5): count (1), then address (16), port (2), key (32).</summary>
internal static class AddressList
{
    public const int Most = 32;
    private const int AddressLength = 16;
    private const int ItemLength = AddressLength + 2 + Hash256.Length;

    public static byte[] Encode(IReadOnlyList<SeenAddress> items)
    {
        var bytes = new byte[1 + (items.Count * ItemLength)];
        bytes[0] = checked((byte)items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            var place = bytes.AsSpan(1 + (i * ItemLength), ItemLength);
            items[i].Address.MapToIPv6().TryWriteBytes(place, out _);
            BinaryPrimitives.WriteUInt16BigEndian(place[AddressLength..], items[i].Port);
            items[i].Id.KeyHash.CopyTo(place[(AddressLength + 2)..]);
        }

        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IReadOnlyList<SeenAddress>? items)
    {
        items = null;
        if (bytes.IsEmpty || bytes[0] > Most || bytes.Length != 1 + (bytes[0] * ItemLength))
            return false;
        var list = new List<SeenAddress>(bytes[0]);
        for (var rest = bytes[1..]; !rest.IsEmpty; rest = rest[ItemLength..])
        {
            var address = new IPAddress(rest[..AddressLength]);
            list.Add(new SeenAddress(
                address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
                BinaryPrimitives.ReadUInt16BigEndian(rest[AddressLength..]),
                new PeerId(Hash256.FromBytes(rest.Slice(AddressLength + 2, Hash256.Length)))));
        }

        items = list;
        return true;
    }
}
