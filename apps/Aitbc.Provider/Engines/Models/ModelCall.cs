using System.Text;
using System.Text.Json;

namespace Aitbc.Provider.Engines.Models;

/// <summary>What every generation of text has in common. Nothing of the caller but this reaches a server.</summary>
internal abstract record ModelCall
{
    // Roles, separators and a model's own system text cost tokens that no message shows.
    protected const ulong TemplateTokens = 1024;

    // More than any vision model of today makes of one picture.
    protected const ulong TokensPerImage = 16_384;

    public required string Model { get; init; }

    public required int MaxOutputTokens { get; init; }

    public int? Seed { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Structured output: the string "json" or a JSON Schema, passed through.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>Whether a model that can think shall; null = as the model likes.</summary>
    public bool? Think { get; init; }

    /// <summary>UTF-8 bytes of all text of the prompt.</summary>
    public abstract long PromptBytes { get; }

    /// <summary>All pictures.</summary>
    public abstract IEnumerable<ReadOnlyMemory<byte>> Images { get; }

    /// <summary>
    /// No tokenizer makes more tokens than bytes, so this bounds what the prompt can honestly be counted as.
    /// </summary>
    public abstract ulong WorstPromptTokens { get; }

    public ulong WorstTokens => WorstPromptTokens + (ulong)MaxOutputTokens;

    /// <summary>Null if it is within the limits, otherwise a sentence.</summary>
    public virtual string? Problem(ModelLimits limits)
    {
        if (Model.Length is 0 or > 200 || Model.Any(char.IsControl))
            return "The name of the model must have 1 to 200 characters.";
        if (MaxOutputTokens < 1 || MaxOutputTokens > limits.MaxOutputTokens)
            return $"maxOutputTokens must be 1 to {limits.MaxOutputTokens}.";
        if (Temperature is < 0 or > 2 or double.NaN || TopP is < 0 or > 1 or double.NaN)
            return "The temperature is 0 to 2 and top_p 0 to 1.";
        if (Stop.Count > 16 || Stop.Any(s => s.Length is 0 or > 256))
            return "There are at most 16 texts to stop at, of 1 to 256 characters.";
        if (PromptBytes > limits.MaxPromptBytes)
            return $"The messages may have {limits.MaxPromptBytes} bytes together.";
        return Images.Count() > limits.MaxImages || Images.Sum(i => (long)i.Length) > limits.MaxImageBytes
            ? $"There may be {limits.MaxImages} pictures of {limits.MaxImageBytes} bytes together." : null;
    }

    protected static long Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    protected static long Bytes(JsonElement? json) => json is { } element ? Bytes(element.GetRawText()) : 0;
}

/// <summary>A text that is continued.</summary>
internal sealed record GenerateCall : ModelCall
{
    public required string Prompt { get; init; }

    public string? System { get; init; }

    /// <summary>What shall follow the generated text, for models that fill in.</summary>
    public string? Suffix { get; init; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Pictures { get; init; } = [];

    public override long PromptBytes => Bytes(Prompt) + Bytes(System) + Bytes(Suffix) + Bytes(Format);

    public override IEnumerable<ReadOnlyMemory<byte>> Images => Pictures;

    public override ulong WorstPromptTokens =>
        TemplateTokens + (ulong)PromptBytes + (TokensPerImage * (ulong)Pictures.Count);
}

/// <summary>Texts whose vectors are wanted.</summary>
internal sealed record EmbedCall(string Model, IReadOnlyList<string> Inputs, int? Dimensions = null)
{
    public const int MostDimensions = 65_536;
    private const ulong TokensPerInput = 64;

    public ulong WorstTokens => Inputs.Aggregate(
        0UL, (sum, input) => sum + TokensPerInput + (ulong)Encoding.UTF8.GetByteCount(input));

    public string? Problem(ModelLimits limits)
    {
        if (Model.Length is 0 or > 200 || Model.Any(char.IsControl))
            return "The name of the model must have 1 to 200 characters.";
        if (Inputs.Count < 1 || Inputs.Count > limits.MaxEmbeddingInputs || Inputs.Any(i => i.Length == 0))
            return $"There must be 1 to {limits.MaxEmbeddingInputs} texts, none of them empty.";
        if (Dimensions is < 1 or > MostDimensions)
            return $"There are 1 to {MostDimensions} dimensions.";
        return Inputs.Sum(i => (long)Encoding.UTF8.GetByteCount(i)) > limits.MaxPromptBytes
            ? $"The texts may have {limits.MaxPromptBytes} bytes together." : null;
    }
}

/// <summary>The vectors, one for each text in order, if the outcome is complete.</summary>
internal sealed record Embeddings(EngineOutcome Outcome, IReadOnlyList<float[]> Vectors)
{
    public static Embeddings Fail(EngineOutcome outcome) => new(outcome, []);
}
