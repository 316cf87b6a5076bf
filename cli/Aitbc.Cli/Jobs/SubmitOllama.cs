using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

internal static class SubmitOllama
{
    private static readonly Argument<string> Model = new("model")
    {
        Description = "Name of the model, such as qwen3:8b.",
    };
    private static readonly Argument<string> Prompt = new("prompt") { Description = "What to ask." };
    private static readonly Option<string?> System = new("--system")
    {
        Description = "Instructions before the prompt.",
    };

    private static readonly Option<int> Tokens = new("--max-output-tokens")
    {
        Description = "Most tokens of the answer.",
        DefaultValueFactory = _ => 256,
    };

    private static readonly Option<int?> Seed = new("--seed") { Description = "Seed of the sampler." };

    public static CliCommand Create()
    {
        var options = new SubmitOptions();
        return new CliCommand(
            "ollama",
            "Ask a model on somebody else's machine.",
            "aitbc job submit ollama qwen3:8b \"Name three rivers.\" --max-price 0.01")
            .With(Model, Prompt, System, Tokens, Seed).With(options.All)
            .Does(context => Submission.RunAsync(context, options, Spec(context), []));
    }

    private static JobSpec Spec(CommandContext context) => new()
    {
        Engine = JobSpec.OllamaEngine,
        Ollama = new OllamaSpec
        {
            Model = context.Get(Model),
            Messages = context.Get(System) is { } system
                ? [new ChatMessage("system", system), new ChatMessage("user", context.Get(Prompt))]
                : [new ChatMessage("user", context.Get(Prompt))],
            MaxOutputTokens = context.Get(Tokens),
            Seed = context.Get(Seed),
        },
    };
}
