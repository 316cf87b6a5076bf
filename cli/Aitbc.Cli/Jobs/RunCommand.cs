using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

internal static class RunCommand
{
    public const string Name = "run";
    public const string Text = "Run a JavaScript file over a file on somebody else's machine.";
    private const long MaxBlobBytes = 8 * 1024 * 1024;

    private static readonly Argument<string> Script = new("script")
    {
        Description = "The script (.js): 'input' is the input as text, 'print(value)' writes a line of the result.",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "File that becomes the script's input (default: nothing).",
    };

    private static readonly Option<string> Seed = new("--seed")
    {
        Description = "Changes the numbers of Math.random, which are the same in every run otherwise.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<ulong> Statements = new("--max-statements")
    {
        Description = "Most statements; the price of this many is paid into the escrow, what is not used comes back.",
        DefaultValueFactory = _ => 10_000_000,
    };

    private static readonly Option<uint> Memory = new("--max-memory-mib")
    {
        Description = "Most memory in MiB.",
        DefaultValueFactory = _ => 64,
    };

    public static CliCommand Create()
    {
        var options = new SubmitOptions();
        return new CliCommand(Name, Text, "aitbc run count.js --input README.md --max-price 0.1")
            .With(Script, Input, Seed, Statements, Memory).With(options.All)
            .Does(context => RunAsync(context, options));
    }

    private static async Task RunAsync(CommandContext context, SubmitOptions options)
    {
        var script = await FileAccessing.ReadAsync(context.Get(Script), MaxBlobBytes, context.Cancel);
        var input = context.Parsed.GetValue(Input) is { } file
            ? await FileAccessing.ReadAsync(file, MaxBlobBytes, context.Cancel)
            : [];
        var spec = new JobSpec
        {
            Engine = JobSpec.JsEngine,
            Js = new JsSpec
            {
                ScriptHash = Keccak256.Hash(script),
                InputHash = Keccak256.Hash(input),
                MaxStatements = context.Get(Statements),
                MaxMemoryMib = context.Get(Memory),
                Seed = context.Get(Seed) ?? "",
            },
        };
        await Submission.RunAsync(context, options, spec, [script, input]);
    }
}
