using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What shall be done: the engine's name and its part; the part of every other engine is absent. Inputs are named by
/// the Keccak-256 of their bytes.
/// </summary>
public sealed record JobSpec
{
    /// <summary>Name of the WebAssembly engine.</summary>
    public const string WasmEngine = "wasm";

    /// <summary>Name of the chat engine.</summary>
    public const string OllamaEngine = "ollama";

    /// <summary><see cref="WasmEngine"/> or <see cref="OllamaEngine"/>.</summary>
    public required string Engine { get; init; }

    /// <summary>Present for <see cref="WasmEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WasmSpec? Wasm { get; init; }

    /// <summary>Present for <see cref="OllamaEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OllamaSpec? Ollama { get; init; }

    /// <summary>Null if engine and parts agree and every value is in its range; otherwise what is wrong.</summary>
    public string? Problem() => (Engine, Wasm, Ollama) switch
    {
        (WasmEngine, { } wasm, null) => wasm.Problem(),
        (OllamaEngine, null, { } ollama) => ollama.Problem(),
        (WasmEngine or OllamaEngine, _, _) => $"The specification needs exactly the part '{Engine}'.",
        _ => $"There is no engine '{WasmEngine}' or '{OllamaEngine}' named so.",
    };

    /// <summary>The EIP-712 struct hash of the engine's part; its type names the engine.</summary>
    /// <exception cref="InvalidOperationException">The part is absent.</exception>
    public Hash256 Hash() => Engine switch
    {
        WasmEngine when Wasm is { } wasm => wasm.Hash(),
        OllamaEngine when Ollama is { } ollama => ollama.Hash(),
        _ => throw new InvalidOperationException("The specification has no part for its engine."),
    };

    /// <summary>
    /// What a receipt names as input: the blob's hash, or the specification's where it holds the input.
    /// </summary>
    public Hash256 InputHash() => Wasm?.InputHash ?? Hash();

    /// <summary>Blobs that must be there before the job can run.</summary>
    public IReadOnlyList<Hash256> Blobs() => Wasm is { } wasm ? [wasm.ModuleHash, wasm.InputHash] : [];

    /// <summary>The most units that the limits allow: fuel, or prompt and output tokens.</summary>
    public ulong WorstCaseUnits() => Wasm?.MaxFuel ?? Ollama?.WorstCaseTokens() ?? 0;
}

/// <summary>A WASI preview1 command: standard input is the input blob, standard output is the result.</summary>
public sealed record WasmSpec
{
    private const int MaxArgs = 64;
    private const int MaxArgBytes = 64 * 1024;
    private const uint LargestMemoryMib = 4096;

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "WasmJob(bytes32 moduleHash,bytes32 inputHash,uint64 maxFuel,uint32 maxMemoryMib,string[] args)");

    /// <summary>Keccak-256 of the module's bytes.</summary>
    public required Hash256 ModuleHash { get; init; }

    /// <summary>Keccak-256 of the input's bytes; the input may be empty, but it is a blob.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>Most fuel, from 1 to 2^63 - 1.</summary>
    public required ulong MaxFuel { get; init; }

    /// <summary>Most linear memory in MiB, from 1 to 4096.</summary>
    public required uint MaxMemoryMib { get; init; }

    /// <summary>Arguments after the program's name; at most 64 of 64 KiB together.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    internal string? Problem()
    {
        if (MaxFuel is 0 or > long.MaxValue)
            return "maxFuel is 1 to 2^63 - 1.";
        if (MaxMemoryMib is 0 or > LargestMemoryMib)
            return $"maxMemoryMib is 1 to {LargestMemoryMib}.";
        return Args.Count > MaxArgs || Args.Sum(a => Encoding.UTF8.GetByteCount(a) + 1) > MaxArgBytes
            ? $"There are at most {MaxArgs} arguments of {MaxArgBytes} bytes together."
            : null;
    }

    internal Hash256 Hash() => Type.HashStruct(
        ModuleHash, InputHash, (UInt256)MaxFuel, (UInt256)MaxMemoryMib, Args.Select(a => (object?)a).ToArray());
}

/// <summary>One chat completion.</summary>
public sealed record OllamaSpec
{
    private const int MaxMessages = 256;
    private const int MaxContentBytes = 256 * 1024;
    private const int LongestModel = 200;
    private const int LargestOutput = 1_000_000;
    private const ulong TemplateTokens = 1024;
    private const ulong TokensPerMessage = 64;
    private static readonly string[] Roles = ["system", "user", "assistant"];

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "OllamaJob(string model,string[] roles,string[] contents,uint64 maxOutputTokens,string seed)");

    /// <summary>Name of the model, 1 to 200 characters, such as <c>qwen3:8b</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, 1 to 256 messages of 256 KiB together.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Most tokens of the answer, from 1 to 1,000,000.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>Seed of the sampler; null = the model's choice.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Seed { get; init; }

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

    internal Hash256 Hash() => Type.HashStruct(
        Model,
        Messages.Select(m => (object?)m.Role).ToArray(),
        Messages.Select(m => (object?)m.Content).ToArray(),
        (UInt256)(ulong)MaxOutputTokens,
        Seed?.ToString(CultureInfo.InvariantCulture) ?? "");

    /// <summary>No tokenizer makes more tokens than bytes; roles and the model's template cost some more.</summary>
    internal ulong WorstCaseTokens() => TemplateTokens + (ulong)MaxOutputTokens + Messages.Aggregate(
        0UL, (sum, m) => sum + TokensPerMessage + (ulong)Encoding.UTF8.GetByteCount(m.Content));
}

/// <summary>One message of a chat.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatMessage(string Role, string Content);
