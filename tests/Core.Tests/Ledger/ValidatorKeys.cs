using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Core.Tests.Ledger;

/// <summary>Ed25519 keys of validators by number, and what they sign.</summary>
internal static class ValidatorKeys
{
    public static Hash256 Public(int number) => Hash256.FromBytes(Ed25519Keys.PublicKeyOf(Seed(number)));

    public static byte[] Sign(int number, byte[] message) => Ed25519Keys.Sign(Seed(number), message);

    public static byte[] Prove(Devnet net, int number, Address account) =>
        Sign(number, [.. Head(net, 4), .. account.ToArray(), .. Public(number).ToArray()]);

    /// <summary>The bytes of a precommit (3), a prevote (2, with a valid round) or a proposal (1).</summary>
    public static byte[] Message(
        Devnet net, byte type, ulong height, uint round, string block, ulong chainId = Devnet.ChainId)
    {
        var place = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(place, height);
        BinaryPrimitives.WriteUInt32BigEndian(place.AsSpan(8), round);
        var rest = new byte[type switch { 1 => 40, 2 => 4, _ => 0 }];
        return
        [
            .. Head(net, type, chainId), .. place,
            .. Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(block)).ToArray(), .. rest,
        ];
    }

    private static byte[] Head(Devnet net, byte type, ulong chainId = Devnet.ChainId)
    {
        var chain = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(chain, chainId);
        return [.. "aitbc/bft/1"u8, .. chain, .. net.Genesis.ToArray(), type];
    }

    private static byte[] Seed(int number) => [.. "validator"u8, .. new byte[22], (byte)number];
}
