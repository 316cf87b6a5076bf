using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Wasm;
using Wasmtime;
using Xunit;

namespace Services.Tests.Provider.Wasm;

/// <summary>Small modules written as text, and a sandbox with small limits to run them in.</summary>
internal static class Wat
{
    public static byte[] Compile(string text) => Module.ConvertText(text);

    /// <summary>
    /// A command whose _start is <paramref name="body"/>, with the streams imported and one page of memory.
    /// </summary>
    public static byte[] Command(string body, string more = "", int pages = 1) => Compile($"""
        (module
          (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
          {Imports(more)}
          (memory (export "memory") {pages})
          {Rest(more)}
          (func (export "_start") {body}))
        """);

    /// <summary>Writes <paramref name="length"/> bytes from <paramref name="at"/> to standard output.</summary>
    public static string Write(int at, int length) => $"""
        (i32.store (i32.const 60000) (i32.const {at}))
        (i32.store (i32.const 60004) (i32.const {length}))
        (drop (call $fd_write (i32.const 1) (i32.const 60000) (i32.const 1) (i32.const 60008)))
        """;

    public static WasmLimits SmallLimits() => new()
    {
        MaxFuel = 50_000_000,
        MaxMemoryMib = 16,
        MaxWallMs = 20_000,
        MaxOutputBytes = 64 * 1024,
        MaxModuleBytes = 64 * 1024,
        CachedModules = 4,
    };

    public static WasmRun Run(byte[] module, byte[]? input = null, ulong fuel = 10_000_000, params string[] args) =>
        new(module, input ?? [], args, fuel, 8);

    public static async Task<EngineOutcome> RunAsync(byte[] module, byte[]? input = null, ulong fuel = 10_000_000)
    {
        using var sandbox = new WasmSandbox(SmallLimits(), TimeProvider.System);
        return await sandbox.RunAsync(Run(module, input, fuel), TestContext.Current.CancellationToken);
    }

    // Imports must stand before everything else in a module.
    private static string Imports(string more) => string.Join('\n', more.Split('\n').Where(l => l.Contains("(import")));

    private static string Rest(string more) => string.Join('\n', more.Split('\n').Where(l => !l.Contains("(import")));
}
