using System.Buffers.Binary;
using System.Net;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Node.Network.Redis;
using Aitbc.Primitives;

namespace Aitbc.Fuzz.Seeds;

/// <summary>What travels on a link of peers, behind TLS.</summary>
internal static class LinkSeeds
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Frames()
    {
        var one = Hash256.FromUInt256(1);
        var hello = new Hello(Hello.CurrentVersion, 7777, one, Hash256.FromUInt256(2), Hash256.FromUInt256(3), 8005);
        var list = AddressList.Encode(
        [
            new SeenAddress(IPAddress.Loopback, 8005, new PeerId(one)),
            new SeenAddress(IPAddress.IPv6Loopback, 1, new PeerId(default)),
        ]);
        return
        [
            ("hello", Control(ControlKind.Hello, hello.Encode())),
            ("handshake", [.. Control(ControlKind.Hello, hello.Encode()), .. Control(ControlKind.Proof, new byte[64])]),
            ("ping-pong", [.. Control(ControlKind.Ping, []), .. Control(ControlKind.Pong, [])]),
            ("addresses", [.. Control(ControlKind.AddressesWanted, []), .. Control(ControlKind.Addresses, list)]),
            ("messages", [.. Frame(1, new byte[300]), .. Frame(2, []), .. Frame(3, new byte[20])]),
            ("too-long", Header(1, GossipLimits.MaxMessage + 1)),
            ("long-control", Header(0, 4_097)),
            ("no-class", Header(4, 0)),
            ("unfinished", [.. Header(2, GossipLimits.MaxMessage), 1, 2, 3]),
        ];
    }

    public static IReadOnlyList<(string Name, byte[] Bytes)> Redis()
    {
        var sender = new PeerId(Hash256.FromUInt256(1));
        byte[] Of(byte lane, ushort index, ushort count, int length) =>
            new RedisMessage(sender, Hash256.FromUInt256(2), lane, 3, index, count, new byte[length]).Encode(before: 0);
        return
        [
            ("life", Of(0, 0, 1, 0)),
            ("whole", Of(1, 0, 1, 200)),
            ("first", Of(2, 0, 2, 100)),
            ("last", Of(2, 1, 2, 50)),
            ("many", Of(2, 63, 64, 10)),
        ];
    }

    private static byte[] Control(ControlKind kind, byte[] content) => Frame(0, FrameWriter.Control(kind, content));

    private static byte[] Frame(byte lane, byte[] payload) => [.. Header(lane, payload.Length), .. payload];

    private static byte[] Header(byte lane, int length)
    {
        var header = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(header, length);
        header[4] = lane;
        return header;
    }
}
