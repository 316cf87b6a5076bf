using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// A Solidity string or bytes in storage: up to 31 bytes in the slot itself, longer ones behind it. What becomes
/// shorter leaves no words behind.
/// </summary>
internal static class StorageText
{
    private const int WordLength = 32;

    public static byte[] Read(CallFrame frame, Hash256 slot)
    {
        var head = frame.Load(slot);
        Span<byte> word = stackalloc byte[WordLength];
        head.WriteBigEndian(word);
        if ((word[31] & 1) == 0)
            return word[..(word[31] / 2)].ToArray();
        var text = new byte[LengthOf(head)];
        var first = SolidityLayout.Items(slot);
        for (var at = 0; at < text.Length; at += WordLength)
        {
            frame.Load(SolidityLayout.Offset(first, (ulong)at / WordLength)).WriteBigEndian(word);
            word[..Math.Min(WordLength, text.Length - at)].CopyTo(text.AsSpan(at));
        }

        return text;
    }

    public static string ReadString(CallFrame frame, Hash256 slot) =>
        System.Text.Encoding.UTF8.GetString(Read(frame, slot));

    public static void Write(CallFrame frame, Hash256 slot, string text) =>
        Write(frame, slot, System.Text.Encoding.UTF8.GetBytes(text));

    public static void Write(CallFrame frame, Hash256 slot, ReadOnlySpan<byte> text)
    {
        var before = LengthOf(frame.Load(slot));
        Span<byte> word = stackalloc byte[WordLength];
        var first = SolidityLayout.Items(slot);
        var kept = text.Length <= 31 ? 0 : text.Length;
        for (var at = 0; at < kept; at += WordLength)
        {
            word.Clear();
            text.Slice(at, Math.Min(WordLength, text.Length - at)).CopyTo(word);
            frame.Store(SolidityLayout.Offset(first, (ulong)at / WordLength), UInt256.FromBigEndian(word));
        }

        for (var gone = Words(kept); before > 31 && gone < Words(before); gone++)
            frame.Store(SolidityLayout.Offset(first, (ulong)gone), default);
        word.Clear();
        if (kept == 0)
        {
            text.CopyTo(word);
            word[31] = (byte)(text.Length * 2);
            frame.Store(slot, UInt256.FromBigEndian(word));
        }
        else
        {
            frame.Store(slot, ((ulong)text.Length * 2) + 1);
        }
    }

    private static int Words(int bytes) => (bytes + WordLength - 1) / WordLength;

    private static int LengthOf(UInt256 head)
    {
        Span<byte> word = stackalloc byte[WordLength];
        head.WriteBigEndian(word);
        return (word[31] & 1) == 0 ? word[31] / 2 : (int)((ulong)(head - 1UL) / 2);
    }
}
