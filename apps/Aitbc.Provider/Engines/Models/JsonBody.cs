using System.Buffers;
using System.Text.Json;

namespace Aitbc.Provider.Engines.Models;

/// <summary>Bodies for servers of models.</summary>
internal static class JsonBody
{
    /// <summary>An object with these members.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A member that is passed on as it came; nothing if it did not.</summary>
    public static void WriteRaw(this Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is not { } element)
            return;
        json.WritePropertyName(name);
        element.WriteTo(json);
    }
}
