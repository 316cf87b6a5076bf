using System.Text.Json;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors;

/// <summary>What is told of the payment while an answer is given, the same at every door.</summary>
internal static class NoteJson
{
    public static void Write(Utf8JsonWriter json, SaleNote note)
    {
        json.WriteNumber("tokens", note.Tokens);
        json.WriteString("charge", note.Charge);
        json.WriteString("covered", note.Covered);
        json.WriteString("cap", note.Cap);
        if (note.Charged is null)
            return;
        json.WriteString("charged", note.Charged);
        json.WriteNumber("prompt_tokens", note.PromptTokens);
        json.WriteNumber("output_tokens", note.OutputTokens);
        if (note.FreeTokens > 0)
            json.WriteNumber("free_tokens", note.FreeTokens);
    }
}
