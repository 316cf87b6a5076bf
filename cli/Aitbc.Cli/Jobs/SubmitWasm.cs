using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

internal static class SubmitWasm
{
    private const long MaxBlobBytes = 8 * 1024 * 1024;
    private static readonly Argument<string> Module = new("module")
    {
        Description = "A WASI preview1 program (.wasm).",
    };

    private static readonly Argument<string?> Input = new("input")
    {
        Description = "File that becomes the program's standard input (default: nothing).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string[]> Arguments = new("--arg")
    {
        Description = "An argument of the program; repeat it.",
    };

    private static readonly Option<ulong> Fuel = new("--max-fuel")
    {
        Description = "Most fuel; the price of this much is paid into the escrow, and what is not used comes back.",
        DefaultValueFactory = _ => 1_000_000_000,
    };

    private static readonly Option<uint> Memory = new("--max-memory-mib")
    {
        Description = "Most memory in MiB.",
        DefaultValueFactory = _ => 64,
    };

    public static CliCommand Create()
    {
        var options = new SubmitOptions();
        return new CliCommand(
            "wasm",
            "Run a WASI program over a file on somebody else's machine.",
            "aitbc job submit wasm samples/wasm/wordcount/wordcount.wasm README.md --max-price 0.1")
            .With(Module, Input, Arguments, Fuel, Memory).With(options.All)
            .Does(context => RunAsync(context, options));
    }

    private static async Task RunAsync(CommandContext context, SubmitOptions options)
    {
        var module = await FileAccessing.ReadAsync(context.Get(Module), MaxBlobBytes, context.Cancel);
        var input = context.Parsed.GetValue(Input) is { } file
            ? await FileAccessing.ReadAsync(file, MaxBlobBytes, context.Cancel)
            : [];
        var spec = new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = Keccak256.Hash(module),
                InputHash = Keccak256.Hash(input),
                MaxFuel = context.Get(Fuel),
                MaxMemoryMib = context.Get(Memory),
                Args = context.Get(Arguments) ?? [],
            },
        };
        await Submission.RunAsync(context, options, spec, [module, input]);
    }
}
