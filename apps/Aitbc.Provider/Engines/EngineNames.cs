namespace Aitbc.Provider.Engines;

/// <summary>Names of engines as specifications give them.</summary>
internal static class EngineNames
{
    public const string Wasm = "wasm";
    public const string Js = "js";
    public const string Ollama = "ollama";
    public const string OpenAi = "openai";
    public const string Container = "container";
}
