using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>
/// What stands around the text of a chunk is the same all through an answer: it is written once, and each text is put
/// into it.
/// </summary>
internal sealed class TextFrame
{
    private const int LongestNumber = 16;
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly byte[] _before;
    private readonly byte[] _after;

    /// <param name="chunk">An event whose only empty content is the place of the text.</param>
    public TextFrame(ReadOnlySpan<byte> chunk)
    {
        // Quotes within a JSON text are escaped, so that this cannot stand in an id or in the name of a model.
        var place = chunk.IndexOf("\"content\":\"\""u8);
        _before = chunk[..(place + "\"content\":"u8.Length)].ToArray();
        _after = chunk[(place + "\"content\":\"\""u8.Length)..].ToArray();
    }

    /// <summary>The event with a text; its number is its id.</summary>
    public ReadOnlyMemory<byte> With(string text, int number)
    {
        _bytes.ResetWrittenCount();
        _bytes.Write("id: "u8);
        number.TryFormat(_bytes.GetSpan(LongestNumber), out var digits, default, CultureInfo.InvariantCulture);
        _bytes.Advance(digits);
        _bytes.Write("\n"u8);
        _bytes.Write(_before);
        using (var json = new Utf8JsonWriter(_bytes))
            json.WriteStringValue(text);
        _bytes.Write(_after);
        return _bytes.WrittenSpan.ToArray();
    }
}
