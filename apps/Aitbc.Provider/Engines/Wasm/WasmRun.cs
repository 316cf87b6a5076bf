namespace Aitbc.Provider.Engines.Wasm;

/// <summary>One run as the sandbox sees it: bytes and bounds only.</summary>
internal sealed record WasmRun(
    ReadOnlyMemory<byte> Module,
    ReadOnlyMemory<byte> Input,
    IReadOnlyList<string> Args,
    ulong MaxFuel,
    uint MaxMemoryMib);
