using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Json;

/// <summary>Bytes as 0x and lower-case hex digits of even length; empty bytes are <c>0x</c>.</summary>
public sealed class HexBytesJsonConverter : JsonConverter<byte[]>
{
    /// <inheritdoc />
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Hex.TryParse(reader.GetString(), out var bytes)
            ? bytes
            : throw new JsonException("Bytes are a string of 0x and an even number of hex digits.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Hex.ToHex(value));
    }
}
