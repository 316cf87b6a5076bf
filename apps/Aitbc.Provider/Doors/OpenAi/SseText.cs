using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>Writes server-sent events.</summary>
internal sealed class SseText
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    /// <summary>An event with JSON as its data. With an <paramref name="id"/> it can be resumed behind it.</summary>
    public SseText Event(Action<Utf8JsonWriter> members, int? id = null) => Json("data: "u8, members, id);

    /// <summary>An event of a type.</summary>
    public SseText Named(string type, Action<Utf8JsonWriter> members)
    {
        Encoding.ASCII.GetBytes($"event: {type}\n", _bytes);
        return Event(members);
    }

    /// <summary>What a reader that comes back names, if all until here has reached it.</summary>
    public SseText Id(int id)
    {
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {id}\n\n"), _bytes);
        return this;
    }

    public SseText Data(ReadOnlySpan<byte> data, int? id = null)
    {
        Id(id);
        _bytes.Write("data: "u8);
        _bytes.Write(data);
        _bytes.Write("\n\n"u8);
        return this;
    }

    /// <summary>A comment with JSON that only those read who know of it.</summary>
    public SseText Comment(Action<Utf8JsonWriter> members, int? id = null) => Json(": aitbc "u8, members, id);

    public ReadOnlyMemory<byte> ToBytes() => _bytes.WrittenSpan.ToArray();

    private SseText Json(ReadOnlySpan<byte> field, Action<Utf8JsonWriter> members, int? id)
    {
        Id(id);
        _bytes.Write(field);
        using (var json = new Utf8JsonWriter(_bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        _bytes.Write("\n\n"u8);
        return this;
    }

    private void Id(int? id)
    {
        if (id is { } number)
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {number}\n"), _bytes);
    }
}
