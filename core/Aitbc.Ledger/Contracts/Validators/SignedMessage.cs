using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// The head of what validators sign, as specs/consensus.md lays it out: tag, chain id, hash of block 0, type; proposals
/// and votes go on with height and round. Whatever follows is compared, not read.
/// </summary>
internal static class SignedMessage
{
    private const int TypeAt = 11 + 8 + Hash256.Length;
    private const int BodyAt = TypeAt + 1 + 8 + 4;
    private const byte ProofOfPossession = 4;

    private static ReadOnlySpan<byte> Tag => "aitbc/bft/1"u8;

    /// <summary>What a key signs to show that its holder registers it for this operator.</summary>
    public static byte[] Proof(ulong chainId, Hash256 genesis, Address account, Hash256 key)
    {
        var bytes = new byte[TypeAt + 1 + Address.Length + Hash256.Length];
        WriteHead(bytes, chainId, genesis, ProofOfPossession);
        account.CopyTo(bytes.AsSpan(TypeAt + 1));
        key.CopyTo(bytes.AsSpan(TypeAt + 1 + Address.Length));
        return bytes;
    }

    /// <summary>
    /// Whether two messages are of this chain and of one type, height and round, of the length of their type, and
    /// differ: no honest validator signs both.
    /// </summary>
    public static bool Conflict(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ulong chainId, Hash256 genesis, out Place place)
    {
        place = default;
        if (first.Length <= BodyAt || first.Length != second.Length || first.SequenceEqual(second)
            || !first[..BodyAt].SequenceEqual(second[..BodyAt]))
            return false;
        Span<byte> head = stackalloc byte[TypeAt + 1];
        var type = first[TypeAt];
        WriteHead(head, chainId, genesis, type);
        // Block and valid round, parts root and total length; block and valid round; block.
        var body = type switch { 1 => 72, 2 => 36, 3 => 32, _ => -1 };
        if (!first.StartsWith(head) || first.Length != BodyAt + body)
            return false;
        place = new Place(
            type,
            BinaryPrimitives.ReadUInt64BigEndian(first[(TypeAt + 1)..]),
            BinaryPrimitives.ReadUInt32BigEndian(first[(TypeAt + 9)..]));
        return true;
    }

    private static void WriteHead(Span<byte> bytes, ulong chainId, Hash256 genesis, byte type)
    {
        Tag.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[Tag.Length..], chainId);
        genesis.CopyTo(bytes[(Tag.Length + 8)..]);
        bytes[TypeAt] = type;
    }

    /// <summary>Where a message stands.</summary>
    /// <param name="Type">1 proposal, 2 prevote, 3 precommit.</param>
    /// <param name="Height">Height.</param>
    /// <param name="Round">Round.</param>
    internal readonly record struct Place(byte Type, ulong Height, uint Round);
}
