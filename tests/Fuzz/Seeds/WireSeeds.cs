using System.Buffers.Binary;
using System.Text;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Fuzz.Seeds;

/// <summary>What travels on connections: HTTP, WebSocket frames and messages, messages of validators.</summary>
internal static class WireSeeds
{
    private const string Ask = """{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}""";

    public static IReadOnlyList<byte[]> HttpWords { get; } =
    [
        .. new[]
        {
            "\r\n", "\r\n\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "GET ", "OPTIONS ",
            "HTTP/1.0", "HTTP/2.0", "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n",
            "Origin: http://evil.example\r\n", "Content-Encoding: gzip\r\n", "99999999999999999999", "/health", "%00",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Http { get; } =
    [
        ("post", Request("POST / HTTP/1.1", $"Content-Length: {Ask.Length}", Ask)),
        ("chunked", Request("POST / HTTP/1.1", "Transfer-Encoding: chunked", $"{Ask.Length:x}\r\n{Ask}\r\n0\r\n\r\n")),
        ("shorter-than-said", Request("POST / HTTP/1.1", "Content-Length: 1000", Ask)),
        ("no-length", Request("POST / HTTP/1.1", "Content-Type: application/json", Ask)),
        ("too-long", Request("POST / HTTP/1.1", "Content-Length: 9999999999", Ask)),
        ("two", [.. Request("POST / HTTP/1.1", $"Content-Length: {Ask.Length}", Ask),
            .. Request("POST / HTTP/1.1", "Content-Length: 2", "[]")]),
        ("get", Request("GET / HTTP/1.1", "Accept: */*", "")),
        ("options", Request("OPTIONS / HTTP/1.1", "Origin: http://localhost:3000", "")),
        ("elsewhere", Request("GET /nowhere HTTP/1.1", "Accept: */*", "")),
        ("upgrade", Request(
            "GET / HTTP/1.1",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Version: 13",
            "")),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Frames { get; } =
    [
        ("text", Frame(0x81, Encoding.ASCII.GetBytes(Ask))),
        ("binary", Frame(0x82, Encoding.ASCII.GetBytes(Ask))),
        ("fragments", [.. Frame(0x01, Encoding.ASCII.GetBytes(Ask[..9])), .. Frame(0x89, [1]),
            .. Frame(0x80, Encoding.ASCII.GetBytes(Ask[9..]))]),
        ("ping", Frame(0x89, new byte[125])),
        ("close", Frame(0x88, [0x03, 0xe8])),
        ("close-odd", Frame(0x88, [0x03])),
        ("continuation-first", Frame(0x80, [1])),
        ("reserved", Frame(0xf3, [1])),
        ("not-masked", [0x81, 0x02, (byte)'[', (byte)']']),
        ("long", [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]),
        ("medium", Frame(0x81, new byte[300])),
        ("not-utf8", Frame(0x81, [0xff, 0xfe])),
        ("subscribe", Frame(
            0x81, """{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}"""u8.ToArray())),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Messages { get; } =
    [
        .. RpcSeeds.Bodies.Select((b, i) => (b.Name, (byte[])[(byte)i, .. b.Bytes])),
        .. new[] { "eth_subscribe", "eth_unsubscribe", "eth_getLogs" }.Select(m => (m, (byte[])
            [0, .. RpcSeeds.Bytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{m}}","params":{{RpcSeeds.Params[m]}}}""")])),
        ("heads", [0, .. RpcSeeds.Bytes("""{"id":1,"method":"eth_subscribe","params":["newHeads"]}""")]),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Consensus()
    {
        var block = Keccak256.Hash("block"u8);
        var signature = new byte[64];
        Vote Of(VoteKind kind, int signer) => new(kind, 7, 2, block, -1, signer, signature);
        Vote[] prevotes = [Of(VoteKind.Prevote, 0), Of(VoteKind.Prevote, 1), Of(VoteKind.Prevote, 9)];
        Vote[] precommits = [Of(VoteKind.Precommit, 0), Of(VoteKind.Precommit, 3)];
        BftMessage[] messages =
        [
            new Proposal(7, 2, new BlockInfo(block, Keccak256.Hash("parts"u8), 1000), 1, 3, signature),
            prevotes[0],
            precommits[0],
            new Vote(VoteKind.Precommit, 7, 2, Hash256.Zero, -1, 5, signature),
            VoteCertificate.FromVotes(prevotes, 10),
            VoteCertificate.FromVotes(precommits, 4),
            new RoundCertificate(7, 3, RoundEntry.Precommits, precommits),
            new RoundCertificate(7, 1, RoundEntry.Skip, prevotes),
        ];
        return [.. messages.Select((m, i) => ($"message-{i}", MessageCodec.Encode(m)))];
    }

    private static byte[] Request(string line, string headers, string body) =>
        Encoding.ASCII.GetBytes($"{line}\r\nHost: localhost\r\n{headers}\r\n\r\n{body}");

    // Masked with zeros, so that mutations change what is read.
    private static byte[] Frame(byte first, byte[] payload)
    {
        if (payload.Length < 126)
            return [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        return [first, 0xfe, .. length, 0, 0, 0, 0, .. payload];
    }
}
