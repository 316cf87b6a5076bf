using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>The highest thing this key signed, or the highest decided height it was raised to.</summary>
/// <param name="Height">Height.</param>
/// <param name="Round">Round.</param>
/// <param name="Step">
/// Step; 0 if the guard was raised over the whole height, <see cref="WatchStep"/> if it is not known what was signed.
/// </param>
/// <param name="SignBytes">What was signed; empty if raised or watching.</param>
/// <param name="Signature">64 bytes; empty if raised or watching.</param>
public sealed record GuardRecord(
    ulong Height, int Round, int Step, ReadOnlyMemory<byte> SignBytes, ReadOnlyMemory<byte> Signature)
{
    /// <summary>In place of a step: the key may have signed anything above the height (rule G5).</summary>
    public const int WatchStep = 255;

    private const int MaxSignBytes = 256;

    /// <summary>True if this is no proof of what was signed: whoever finds it watches first.</summary>
    public bool IsWatching => Step == WatchStep;

    /// <summary>The record as the content of a file: chain, genesis, fields and a CRC-32C over all of it.</summary>
    public byte[] ToBytes(ChainBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var writer = new FieldWriter();
        writer.Add("aitbc/guard/1"u8);
        writer.Add(binding.ChainId);
        writer.Add(binding.Genesis);
        writer.Add(Height);
        writer.Add(Round);
        writer.Add((byte)Step);
        writer.Add((ushort)SignBytes.Length);
        writer.Add(SignBytes.Span);
        writer.Add((byte)Signature.Length);
        writer.Add(Signature.Span);
        writer.Add((int)Crc32C.Of(writer.ToArray()));
        return writer.ToArray();
    }

    /// <summary>
    /// Reads a file; null if it is damaged or of another chain, and then nothing may be signed until the operator has
    /// looked.
    /// </summary>
    public static GuardRecord? FromBytes(ReadOnlyMemory<byte> bytes, ChainBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        if (bytes.Length < 4 || bytes.Length > 512)
            return null;
        var tag = "aitbc/guard/1"u8;
        var reader = new FieldReader(bytes[..^4]);
        var ours = reader.Bytes(tag.Length).Span.SequenceEqual(tag)
            && reader.UInt64() == binding.ChainId && reader.Hash() == binding.Genesis;
        var (height, round, step) = (reader.UInt64(), reader.Int32(), reader.Byte());
        var signBytes = reader.Bytes(reader.UInt16());
        var signature = reader.Bytes(reader.Byte());
        var crc = new FieldReader(bytes[^4..]).Int32();
        return ours && reader.IsAtEnd && crc == (int)Crc32C.Of(bytes.Span[..^4]) && signBytes.Length <= MaxSignBytes
            && signature.Length is 0 or Ed25519Keys.SignatureLength
            ? new GuardRecord(height, round, step, signBytes, signature)
            : null;
    }
}
