using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What shall be done: the engine's name and its part; the part of every other engine is absent. Inputs are named by
/// the Keccak-256 of their bytes.
/// </summary>
public sealed record JobSpec
{
    /// <summary>Name of the WebAssembly engine.</summary>
    public const string WasmEngine = "wasm";

    /// <summary>Name of the JavaScript engine.</summary>
    public const string JsEngine = "js";

    /// <summary>Name of the chat engine on Ollama.</summary>
    public const string OllamaEngine = "ollama";

    /// <summary>Name of the chat engine on an OpenAI-compatible server.</summary>
    public const string OpenAiEngine = "openai";

    /// <summary>
    /// <see cref="WasmEngine"/>, <see cref="JsEngine"/>, <see cref="OllamaEngine"/> or <see cref="OpenAiEngine"/>.
    /// </summary>
    public required string Engine { get; init; }

    /// <summary>Present for <see cref="WasmEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WasmSpec? Wasm { get; init; }

    /// <summary>Present for <see cref="JsEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsSpec? Js { get; init; }

    /// <summary>Present for <see cref="OllamaEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OllamaSpec? Ollama { get; init; }

    /// <summary>Present for <see cref="OpenAiEngine"/>.</summary>
    [JsonPropertyName("openai")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OpenAiSpec? OpenAi { get; init; }

    /// <summary>The part of the engines that chat, or null.</summary>
    [JsonIgnore]
    public ChatSpec? Chat => (ChatSpec?)Ollama ?? OpenAi;

    /// <summary>The blob that is run: a module or a script; null where there is none.</summary>
    [JsonIgnore]
    public Hash256? Program => Wasm?.ModuleHash ?? Js?.ScriptHash;

    /// <summary>The blob that a program reads; null where the specification holds the input.</summary>
    [JsonIgnore]
    public Hash256? InputBlob => Wasm?.InputHash ?? Js?.InputHash;

    /// <summary>Null if engine and parts agree and every value is in its range; otherwise what is wrong.</summary>
    public string? Problem() => (Engine, Wasm, Js, Ollama, OpenAi) switch
    {
        (WasmEngine, { } wasm, null, null, null) => wasm.Problem(),
        (JsEngine, null, { } js, null, null) => js.Problem(),
        (OllamaEngine, null, null, { } ollama, null) => ollama.Problem(),
        (OpenAiEngine, null, null, null, { } openAi) => openAi.Problem(),
        (WasmEngine or JsEngine or OllamaEngine or OpenAiEngine, _, _, _, _) =>
            $"The specification needs exactly the part '{Engine}'.",
        _ => $"There is no engine named so; '{WasmEngine}', '{JsEngine}', '{OllamaEngine}' and '{OpenAiEngine}' are.",
    };

    /// <summary>The EIP-712 struct hash of the engine's part; its type names the engine.</summary>
    /// <exception cref="InvalidOperationException">The part is absent.</exception>
    public Hash256 Hash() => Engine switch
    {
        WasmEngine when Wasm is { } wasm => wasm.Hash(),
        JsEngine when Js is { } js => js.Hash(),
        OllamaEngine when Ollama is { } ollama => ollama.Hash(),
        OpenAiEngine when OpenAi is { } openAi => openAi.Hash(),
        _ => throw new InvalidOperationException("The specification has no part for its engine."),
    };

    /// <summary>
    /// What a receipt names as input: the blob's hash, or the specification's where it holds the input.
    /// </summary>
    public Hash256 InputHash() => InputBlob ?? Hash();

    /// <summary>Blobs that must be there before the job can run.</summary>
    public IReadOnlyList<Hash256> Blobs() =>
        Program is { } program && InputBlob is { } input ? [program, input] : [];

    /// <summary>The most units that the limits allow: fuel, statements, or prompt and output tokens.</summary>
    public ulong WorstCaseUnits() => Wasm?.MaxFuel ?? Js?.MaxStatements ?? Chat?.WorstCaseTokens() ?? 0;
}
