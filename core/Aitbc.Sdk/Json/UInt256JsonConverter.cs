using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Json;

/// <summary>
/// An unsigned 256-bit integer as a decimal string, so that no reader squeezes it through a floating-point number.
/// Also reads 0x hex strings and JSON integers up to 2^64 - 1.
/// </summary>
public sealed class UInt256JsonConverter : JsonConverter<UInt256>
{
    private const int LongestText = 80;

    /// <inheritdoc />
    public override UInt256 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number))
            return number;
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= LongestText } text)
        {
            try
            {
                return UInt256.Parse(text);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new JsonException("The number is not an unsigned 256-bit integer in decimal or 0x hex.", e);
            }
        }

        throw new JsonException("A quantity is a decimal string, a 0x hex string or a JSON integer.");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
