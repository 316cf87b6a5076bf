using System.Buffers.Binary;
using System.Text.Json;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>Vectors as OpenAI's clients read them: base64 of little-endian float32, or numbers.</summary>
internal sealed class EmbeddingFormat(string model, bool isBase64) : VectorsFormat
{
    protected override void Write(Utf8JsonWriter json, IReadOnlyList<float[]> vectors, ulong promptTokens)
    {
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        for (var i = 0; i < vectors.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object", "embedding");
            json.WriteNumber("index", i);
            Vector(json, vectors[i]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model", model);
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", promptTokens);
        json.WriteNumber("total_tokens", promptTokens);
        json.WriteEndObject();
    }

    private void Vector(Utf8JsonWriter json, float[] vector)
    {
        if (!isBase64)
        {
            json.WriteStartArray("embedding");
            WriteNumbers(json, vector);
            return;
        }

        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        json.WriteBase64String("embedding", bytes);
    }
}
