using System.CommandLine;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Market;

/// <summary>What several of the market's commands take.</summary>
internal static class MarketSymbols
{
    public static Argument<string> Class() => new("class")
    {
        Description = "Resource class: model/NAME, gpu/NAME, wasm, js or container/sha256:HEX.",
    };

    public static Option<string?> ClassOption() => new("--class")
    {
        Description = "Only this resource class: model/NAME, gpu/NAME, wasm, js or container/sha256:HEX.",
    };

    public static Option<int> Limit() => new("--limit")
    {
        Description = "How many, 1 to 100.",
        DefaultValueFactory = _ => 20,
    };

    public static Option<string?> After() => new("--after")
    {
        Description = "Go on after an earlier page: the cursor that it ended with.",
    };

    /// <summary>Says how to see more.</summary>
    public static void TellNext(Output output, string? next)
    {
        if (next is not null)
            output.Line($"More: --after {next}");
    }
}
