using System.Diagnostics.CodeAnalysis;

namespace Aitbc.Primitives.Encoding;

/// <summary>
/// Bytes as hex digits after 0x, as JSON-RPC writes data. Reading needs the 0x and an even number of digits.
/// </summary>
public static class Hex
{
    /// <summary>Lower-case hex with 0x; "0x" for nothing.</summary>
    public static string ToHex(ReadOnlySpan<byte> bytes) =>
        string.Create(2 + (2 * bytes.Length), bytes, static (text, source) =>
        {
            text[0] = '0';
            text[1] = 'x';
            Convert.TryToHexStringLower(source, text[2..], out _);
        });

    /// <summary>Reads 0x and an even number of hex digits.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static byte[] Parse(string text) =>
        TryParse(text, out var bytes)
            ? bytes
            : throw new FormatException("Not hex data: 0x and an even number of hex digits.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || text.Length < 2 || (text.Length & 1) != 0)
            return false;
        var result = new byte[(text.Length - 2) / 2];
        if (!TryParse(text, result))
            return false;
        bytes = result;
        return true;
    }

    /// <summary>Reads into a span that must be filled exactly.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.Length == 2 + (2 * destination.Length)
        && text[0] == '0' && text[1] is 'x' or 'X'
        && Convert.FromHexString(text[2..], destination, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == destination.Length;
}
