using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Json;

/// <summary>Reads an address in any case that EIP-55 allows; writes it with the EIP-55 checksum.</summary>
public sealed class AddressJsonConverter : JsonConverter<Address>
{
    /// <inheritdoc />
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Address.TryParse(reader.GetString(), out var address)
            ? address
            : throw new JsonException("An address is a string of 0x and 40 hex digits (mixed case: EIP-55).");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}
