using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

internal static class SubmitContainer
{
    private const long MaxBlobBytes = 8 * 1024 * 1024;

    private static readonly Argument<string> Image = new("image")
    {
        Description = "The image by its content, NAME@sha256:HEX; 'aitbc market offers' shows which are run.",
    };

    private static readonly Argument<string?> Input = new("input")
    {
        Description = "File that becomes the program's standard input (default: nothing).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string[]> Arguments = new("--arg")
    {
        Description = "A word of the command, after the image's entry point; repeat it (default: the image's own).",
    };

    private static readonly Option<string[]> Env = new("--env")
    {
        Description = "A variable NAME=value; repeat it. The provider reads it: no secrets.",
    };

    private static readonly Option<ulong> Seconds = new("--max-seconds")
    {
        Description = "Most seconds; the price of this many is paid into the escrow, and what is not used comes back.",
        DefaultValueFactory = _ => 60,
    };

    private static readonly Option<uint> Memory = new("--max-memory-mib")
    {
        Description = "Most memory in MiB.",
        DefaultValueFactory = _ => 256,
    };

    private static readonly Option<uint> Cpu = new("--max-cpu-millis")
    {
        Description = "Most processors, in thousandths of one.",
        DefaultValueFactory = _ => 1000,
    };

    private static readonly Option<bool> Gpu = new("--gpu")
    {
        Description = "It needs graphics processors.",
    };

    private static readonly Option<bool> Network = new("--network")
    {
        Description = "It needs the network; few providers allow it, so name one with --provider.",
    };

    public static CliCommand Create()
    {
        var options = new SubmitOptions();
        return new CliCommand(
            "container",
            "Run a container over a file on somebody else's machine.",
            "aitbc job submit container tool@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
            .With(Image, Input, Arguments, Env, Seconds, Memory, Cpu, Gpu, Network).With(options.All)
            .Does(context => RunAsync(context, options));
    }

    private static async Task RunAsync(CommandContext context, SubmitOptions options)
    {
        var input = context.Parsed.GetValue(Input) is { } file
            ? await FileAccessing.ReadAsync(file, MaxBlobBytes, context.Cancel)
            : [];
        var spec = new JobSpec
        {
            Engine = JobSpec.ContainerEngine,
            Container = new ContainerSpec
            {
                Image = context.Get(Image),
                InputHash = Keccak256.Hash(input),
                Command = context.Get(Arguments) ?? [],
                Env = context.Get(Env) ?? [],
                MaxSeconds = context.Get(Seconds),
                MaxMemoryMib = context.Get(Memory),
                MaxCpuMillis = context.Get(Cpu),
                Gpu = context.Get(Gpu),
                Network = context.Get(Network),
            },
        };
        await Submission.RunAsync(context, options, spec, [input]);
    }
}
