using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>Vectors as OpenAI's clients read them: base64 of little-endian float32, or numbers.</summary>
internal sealed class EmbeddingFormat(string model, bool isBase64) : IAnswerFormat
{
    private IReadOnlyList<float[]> _vectors = [];

    public bool IsStream => false;

    public string MediaType => "application/json";

    public void Name(string answer)
    {
    }

    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        if (piece is VectorsPiece vectors)
            _vectors = vectors.Vectors;
        return null;
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number) => null;

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            for (var i = 0; i < _vectors.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("object", "embedding");
                json.WriteNumber("index", i);
                Vector(json, _vectors[i]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("model", model);
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", note.PromptTokens);
            json.WriteNumber("total_tokens", note.PromptTokens);
            json.WriteEndObject();
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        throw new InvalidOperationException("Vectors are not streamed.");

    private void Vector(Utf8JsonWriter json, float[] vector)
    {
        if (isBase64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var i = 0; i < vector.Length; i++)
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
            json.WriteBase64String("embedding", bytes);
            return;
        }

        json.WriteStartArray("embedding");
        foreach (var number in vector)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
