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

    /// <summary>Name of the engine of containers.</summary>
    public const string ContainerEngine = "container";

    /// <summary>
    /// <see cref="WasmEngine"/>, <see cref="JsEngine"/>, <see cref="OllamaEngine"/>, <see cref="OpenAiEngine"/> or
    /// <see cref="ContainerEngine"/>.
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

    /// <summary>Present for <see cref="ContainerEngine"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerSpec? Container { get; init; }

    /// <summary>The part of the engines that chat, or null.</summary>
    [JsonIgnore]
    public ChatSpec? Chat => (ChatSpec?)Ollama ?? OpenAi;

    /// <summary>The blob that is run: a module or a script; null where there is none.</summary>
    [JsonIgnore]
    public Hash256? Program => Wasm?.ModuleHash ?? Js?.ScriptHash;

    /// <summary>The blob that a program reads; null where the specification holds the input.</summary>
    [JsonIgnore]
    public Hash256? InputBlob => Wasm?.InputHash ?? Js?.InputHash ?? Container?.InputHash;

    /// <summary>Null if engine and parts agree and every value is in its range; otherwise what is wrong.</summary>
    public string? Problem()
    {
        object?[] parts = [Wasm, Js, Ollama, OpenAi, Container];
        return (Engine, parts.Count(p => p is not null)) switch
        {
            (WasmEngine, 1) when Wasm is { } wasm => wasm.Problem(),
            (JsEngine, 1) when Js is { } js => js.Problem(),
            (OllamaEngine, 1) when Ollama is { } ollama => ollama.Problem(),
            (OpenAiEngine, 1) when OpenAi is { } openAi => openAi.Problem(),
            (ContainerEngine, 1) when Container is { } container => container.Problem(),
            (WasmEngine or JsEngine or OllamaEngine or OpenAiEngine or ContainerEngine, _) =>
                $"The specification needs exactly the part '{Engine}'.",
            _ => $"There is no engine named so; '{WasmEngine}', '{JsEngine}', '{OllamaEngine}', '{OpenAiEngine}' and "
                + $"'{ContainerEngine}' are.",
        };
    }

    /// <summary>The EIP-712 struct hash of the engine's part; its type names the engine.</summary>
    /// <exception cref="InvalidOperationException">The part is absent.</exception>
    public Hash256 Hash() => Engine switch
    {
        WasmEngine when Wasm is { } wasm => wasm.Hash(),
        JsEngine when Js is { } js => js.Hash(),
        OllamaEngine when Ollama is { } ollama => ollama.Hash(),
        OpenAiEngine when OpenAi is { } openAi => openAi.Hash(),
        ContainerEngine when Container is { } container => container.Hash(),
        _ => throw new InvalidOperationException("The specification has no part for its engine."),
    };

    /// <summary>
    /// What a receipt names as input: the blob's hash, or the specification's where it holds the input.
    /// </summary>
    public Hash256 InputHash() => InputBlob ?? Hash();

    /// <summary>Blobs that must be there before the job can run.</summary>
    public IReadOnlyList<Hash256> Blobs() =>
        (Program, InputBlob) switch
        {
            ({ } program, { } input) => [program, input],
            (null, { } input) => [input],
            _ => [],
        };

    /// <summary>The most units that the limits allow: fuel, statements, seconds, or prompt and output tokens.</summary>
    public ulong WorstCaseUnits() =>
        Wasm?.MaxFuel ?? Js?.MaxStatements ?? Container?.MaxSeconds ?? Chat?.WorstCaseTokens() ?? 0;
}
