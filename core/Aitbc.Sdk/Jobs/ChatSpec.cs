using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>One chat completion, whatever kind of server answers it.</summary>
public abstract record ChatSpec
{
    private const int MaxMessages = 256;
    private const int MaxContentBytes = 256 * 1024;
    private const int LongestModel = 200;
    private const int LargestOutput = 1_000_000;
    private const ulong TemplateTokens = 1024;
    private const ulong TokensPerMessage = 64;
    private const string Fields = "(string model,string[] roles,string[] contents,uint64 maxOutputTokens,string seed)";
    private static readonly string[] Roles = ["system", "user", "assistant"];

    /// <summary>Name of the model, 1 to 200 characters, such as <c>qwen3:8b</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, 1 to 256 messages of 256 KiB together.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Most tokens of the answer, from 1 to 1,000,000.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>Seed of the sampler; null = the model's choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Seed { get; init; }

    private protected static Eip712Type TypeNamed(string name) => Eip712Type.Parse(name + Fields);

    internal string? Problem()
    {
        if (Model.Length is 0 or > LongestModel)
            return $"The name of the model has 1 to {LongestModel} characters.";
        if (MaxOutputTokens is < 1 or > LargestOutput)
            return $"maxOutputTokens is 1 to {LargestOutput}.";
        if (Messages.Count is < 1 or > MaxMessages || Messages.Any(m => m is null || !Roles.Contains(m.Role)))
            return $"There are 1 to {MaxMessages} messages with the roles system, user and assistant.";
        return Messages.Sum(m => (long)Encoding.UTF8.GetByteCount(m.Content)) > MaxContentBytes
            ? $"The messages have at most {MaxContentBytes} bytes together."
            : null;
    }

    internal abstract Hash256 Hash();

    private protected Hash256 HashAs(Eip712Type type) => type.HashStruct(
        Model,
        Messages.Select(m => (object?)m.Role).ToArray(),
        Messages.Select(m => (object?)m.Content).ToArray(),
        (UInt256)(ulong)MaxOutputTokens,
        Seed?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>No tokenizer makes more tokens than bytes; roles and the model's template cost some more.</summary>
    internal ulong WorstCaseTokens() => TemplateTokens + (ulong)MaxOutputTokens + Messages.Aggregate(
        0UL, (sum, m) => sum + TokensPerMessage + (ulong)Encoding.UTF8.GetByteCount(m.Content));
}

/// <summary>A chat with a model that Ollama has.</summary>
public sealed record OllamaSpec : ChatSpec
{
    private static readonly Eip712Type Type = TypeNamed("OllamaJob");

    internal override Hash256 Hash() => HashAs(Type);
}

/// <summary>A chat with a model behind an OpenAI-compatible server such as vLLM or llama.cpp.</summary>
public sealed record OpenAiSpec : ChatSpec
{
    private static readonly Eip712Type Type = TypeNamed("OpenAiJob");

    internal override Hash256 Hash() => HashAs(Type);
}

/// <summary>One message of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatMessage(string Role, string Content);
