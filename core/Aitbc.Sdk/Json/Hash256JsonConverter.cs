using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Json;

/// <summary>A 32-byte hash as 0x and 64 lower-case hex digits.</summary>
public sealed class Hash256JsonConverter : JsonConverter<Hash256>
{
    /// <inheritdoc />
    public override Hash256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Hash256.TryParse(reader.GetString(), out var hash)
            ? hash
            : throw new JsonException("A hash is a string of 0x and 64 hex digits.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Hash256 value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
