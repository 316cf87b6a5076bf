using Wasmtime;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>What a module must look like before it is instantiated, so that refusals name the reason.</summary>
internal static class ModuleShape
{
    private const long PageBytes = 64 * 1024;

    /// <summary>Null when the module is a WASI preview1 command, else a sentence.</summary>
    public static string? Problem(Module module)
    {
        foreach (var import in module.Imports)
        {
            if (import.ModuleName != "wasi_snapshot_preview1")
                return $"The module imports {Short(import.ModuleName)}.{Short(import.Name)}, which is not offered.";
            if (import is not FunctionImport)
                return $"The module imports {Short(import.Name)} of WASI, which is not a function.";
            if (!WasiHost.Offers(import.Name))
                return $"The module imports {Short(import.Name)}, which WASI preview1 does not have.";
        }

        if (!module.Exports.Any(e => e is FunctionExport { Name: "_start", Parameters.Count: 0, Results.Count: 0 }))
            return "The module exports no function _start without parameters and results.";
        return module.Exports.Any(e => e is MemoryExport { Name: "memory" })
            ? null : "The module exports no memory named \"memory\".";
    }

    public static long InitialMemoryBytes(Module module) =>
        module.Exports.OfType<MemoryExport>().Select(m => m.Minimum * PageBytes).DefaultIfEmpty(0).Max();

    private static string Short(string name) => name.Length <= 60 ? name : name[..60] + "...";
}
