using System.Text;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Demo;

/// <summary>
/// The word counter of the repository over a real file of it, and the same computation done natively.
/// </summary>
internal sealed record WasmSample(string ModulePath, byte[] Module, string InputPath, byte[] Input)
{
    private const ulong FuelPerByte = 60;
    private const ulong FuelAtLeast = 1_000_000;
    private const uint MemoryMib = 16;
    private static readonly string[] Inputs = ["README.md", "LICENSE", "Directory.Packages.props"];

    public JobSpec Spec => new()
    {
        Engine = JobSpec.WasmEngine,
        Wasm = new WasmSpec
        {
            ModuleHash = Keccak256.Hash(Module),
            InputHash = Keccak256.Hash(Input),
            MaxFuel = FuelAtLeast + (FuelPerByte * (ulong)Input.Length),
            MaxMemoryMib = MemoryMib,
        },
    };

    public static WasmSample Load()
    {
        var root = Root();
        var module = Path.Combine(root, "samples", "wasm", "wordcount", "wordcount.wasm");
        var input = Inputs.Select(i => Path.Combine(root, i)).First(File.Exists);
        return new WasmSample(module, File.ReadAllBytes(module), input, File.ReadAllBytes(input));
    }

    /// <summary>Compares what the provider delivered with what this process computes.</summary>
    public (bool Holds, string Text) Check(ReadOnlySpan<byte> delivered)
    {
        var expected = WordCount.Of(Input);
        var oneLine = expected.TrimEnd().Replace("\n", ", ", StringComparison.Ordinal);
        return Encoding.UTF8.GetString(delivered) == expected
            ? (true, $"equal to the native computation: {oneLine}")
            : (false, "NOT equal to the native computation");
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "samples", "wasm")))
                return folder.FullName;
        }

        throw CliFailure.Failed(
            "samples_missing",
            "The demo's program lies in samples/ of the repository, which is not around this program.");
    }
}
