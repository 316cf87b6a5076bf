using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>Vectors as Ollama's clients read them.</summary>
internal sealed class OllamaVectors(string model) : IAnswerFormat
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
            json.WriteString("model", model);
            json.WriteStartArray("embeddings");
            foreach (var vector in _vectors)
            {
                json.WriteStartArray();
                foreach (var element in vector)
                    json.WriteNumberValue(element);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteNumber("prompt_eval_count", note.PromptTokens);
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        throw new InvalidOperationException("Vectors are not streamed.");
}
