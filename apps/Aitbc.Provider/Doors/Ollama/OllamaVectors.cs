using System.Text.Json;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>Vectors as Ollama's clients read them.</summary>
internal sealed class OllamaVectors(string model) : VectorsFormat
{
    protected override void Write(Utf8JsonWriter json, IReadOnlyList<float[]> vectors, ulong promptTokens)
    {
        json.WriteString("model", model);
        json.WriteStartArray("embeddings");
        foreach (var vector in vectors)
        {
            json.WriteStartArray();
            WriteNumbers(json, vector);
        }

        json.WriteEndArray();
        json.WriteNumber("prompt_eval_count", promptTokens);
    }
}
