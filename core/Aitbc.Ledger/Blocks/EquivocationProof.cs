using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>
/// Two messages that one validator signed for one place, as a block holds them (specs/state.md, section 2.6). What they
/// prove is decided by the validator registry.
/// </summary>
/// <param name="Key">The validator's Ed25519 key, 32 bytes.</param>
/// <param name="First">Signed bytes of one message, at most <see cref="LongestMessage"/>.</param>
/// <param name="FirstSignature">Its signature, 64 bytes.</param>
/// <param name="Second">Signed bytes of the other.</param>
/// <param name="SecondSignature">Its signature.</param>
public sealed record EquivocationProof(
    Hash256 Key,
    ReadOnlyMemory<byte> First,
    ReadOnlyMemory<byte> FirstSignature,
    ReadOnlyMemory<byte> Second,
    ReadOnlyMemory<byte> SecondSignature)
{
    /// <summary>Proofs of a block at most.</summary>
    public const int MostInBlock = 4;

    /// <summary>Longest signed message, in bytes.</summary>
    public const int LongestMessage = 256;

    private const int SignatureLength = 64;

    internal void Write(RlpWriter writer)
    {
        var list = writer.StartList();
        writer.Write(Key);
        writer.Write(First.Span);
        writer.Write(FirstSignature.Span);
        writer.Write(Second.Span);
        writer.Write(SecondSignature.Span);
        writer.EndList(list);
    }

    internal static EquivocationProof Read(ref RlpReader reader)
    {
        var fields = reader.ReadList();
        var proof = new EquivocationProof(
            fields.ReadHash(),
            Message(ref fields),
            fields.ReadBytes(SignatureLength).ToArray(),
            Message(ref fields),
            fields.ReadBytes(SignatureLength).ToArray());
        fields.EnsureEnd();
        return proof;
    }

    private static byte[] Message(ref RlpReader fields)
    {
        var bytes = fields.ReadBytes();
        return bytes.Length <= LongestMessage ? bytes.ToArray() : throw new RlpException(RlpError.WrongLength);
    }
}
