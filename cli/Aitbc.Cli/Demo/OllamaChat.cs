using Aitbc.Cli.Serve;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Demo;

/// <summary>The chat of the demo, where an Ollama answers in the place in which the provider looks for one.</summary>
internal static class OllamaChat
{
    /// <summary>The first model it has, or what is missing.</summary>
    public static async Task<(string? Model, string Missing)> FindAsync(CancellationToken cancel)
    {
        var address = OllamaPlace.Find();
        using var finder = new ModelFinder(address, null);
        return await finder.OllamaAsync(cancel) switch
        {
            null => (null, $"no Ollama at {address.Authority}"),
            [var first, ..] => (first, ""),
            _ => (null, $"the Ollama at {address.Authority} has no model"),
        };
    }

    public static JobSpec Spec(string model) => new()
    {
        Engine = JobSpec.OllamaEngine,
        Ollama = new OllamaSpec
        {
            Model = model,
            Messages = [new ChatMessage("user", "Name three rivers, nothing else.")],
            MaxOutputTokens = 64,
            Seed = 1,
        },
    };
}
