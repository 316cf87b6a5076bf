namespace Aitbc.Provider.Engines;

/// <summary>Names of engines as specifications give them.</summary>
internal static class EngineNames
{
    public const string Wasm = "wasm";
    public const string Ollama = "ollama";
}
