using System.Text;
using Aitbc.Primitives.Abi;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Seeds;

/// <summary>RLP, ABI and typed data.</summary>
internal static class TextSeeds
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Rlp { get; } =
    [
        ("empty-list", [0xc0]),
        ("string", [0x83, (byte)'d', (byte)'o', (byte)'g']),
        ("sets", [0xc7, 0xc0, 0xc1, 0xc0, 0xc3, 0xc0, 0xc1, 0xc0]),
        ("long-string", [0xb8, 0x38, .. new byte[56]]),
        ("longer-string", [0xb9, 0x04, 0x00, .. new byte[1024]]),
        ("long-list", [0xf8, 0x38, .. Enumerable.Repeat((byte)0x01, 56)]),
        ("address", [0x94, .. new byte[20]]),
        ("hash", [0xa0, .. Enumerable.Repeat((byte)0xff, 32)]),
        ("number", [0x88, 1, 2, 3, 4, 5, 6, 7, 8]),
        ("leading-zero", [0x82, 0x00, 0x01]),
        ("short-as-long", [0xb8, 0x01, 0x80]),
        ("length-of-8-bytes", [0xbf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Abi()
    {
        var who = TestAccounts.Key(0).Address;
        return
        [
            ("transfer", Call("transfer(address,uint256)", who, 5UL)),
            ("text", Call("f(string,bytes,bytes4)", "hello", new byte[40], new byte[4])),
            ("lists", Call("f(uint8[],int16[2],bool)", new object?[] { 1, 2, 3 }, new object?[] { -1, 2 }, true)),
            ("tuples", Call(
                "f((address,(uint256,string)[])[])",
                [new object?[] { new object?[] { who, new object?[] { new object?[] { 7UL, "x" } } } }])),
            ("type", [.. "uint256[][3]"u8, 0, .. new byte[128]]),
            ("event", [.. "Transfer(address indexed from, address indexed to, uint256 value)"u8, 0, .. new byte[32]]),
            ("results", [.. "f() view returns (uint256, string)"u8, 0, .. new byte[64]]),
        ];
    }

    public static IReadOnlyList<(string Name, byte[] Bytes)> TypedData { get; } =
    [
        ("mail", Encoding.UTF8.GetBytes(
            """
            {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"},
            {"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},
            {"name":"wallets","type":"address[]"}],"Mail":[{"name":"from","type":"Person"},
            {"name":"to","type":"Person[2]"},
            {"name":"contents","type":"bytes"},{"name":"id","type":"bytes32"},{"name":"n","type":"int64"},
            {"name":"ok","type":"bool"}]},"primaryType":"Mail","domain":{"name":"A","chainId":7777,
            "verifyingContract":"0x0000000000000000000000000000000000001001"},"message":{"from":{"name":"é",
            "wallets":["0x0000000000000000000000000000000000001002"]},"to":[{"name":"b","wallets":[]},
            {"name":"c","wallets":[]}],"contents":"0x0102","id":
            "0x1111111111111111111111111111111111111111111111111111111111111111","n":-5,"ok":true}}
            """)),
        ("recursive", Encoding.UTF8.GetBytes(
            """
            {"types":{"EIP712Domain":[],"Node":[{"name":"next","type":"Node"},{"name":"all","type":"Node[]"},
            {"name":"n","type":"uint8"}]},"primaryType":"Node","domain":{},
            "message":{"next":{"next":null,"all":[],"n":1},
            "all":[{"next":null,"all":[],"n":"0x2"}],"n":"3"}}
            """)),
        ("domain-only", Encoding.UTF8.GetBytes(
            """
            {"types":{"EIP712Domain":[{"name":"salt","type":"bytes32"}]},"primaryType":"EIP712Domain","domain":{"salt":
            "0x1111111111111111111111111111111111111111111111111111111111111111"},"message":{}}
            """)),
    ];

    private static byte[] Call(string signature, params object?[] values)
    {
        var function = AbiFunction.Parse(signature);
        return [.. Encoding.ASCII.GetBytes(signature), 0, .. AbiCodec.Encode(function.Arguments, values)];
    }
}
