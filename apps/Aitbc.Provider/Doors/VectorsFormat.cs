using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors;

/// <summary>An answer of vectors, which is given as a whole; each door writes them as its clients read them.</summary>
internal abstract class VectorsFormat : IAnswerFormat
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
            Write(json, _vectors, note.PromptTokens);
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        throw new InvalidOperationException("Vectors are not streamed.");

    /// <summary>The members of the answer.</summary>
    protected abstract void Write(Utf8JsonWriter json, IReadOnlyList<float[]> vectors, ulong promptTokens);

    protected static void WriteNumbers(Utf8JsonWriter json, float[] vector)
    {
        foreach (var element in vector)
            json.WriteNumberValue(element);
        json.WriteEndArray();
    }
}
