using System.CommandLine;
using System.Globalization;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Jobs;

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

    public static Option<string?> Gpu() => new("--gpu")
    {
        Description = "Only with a graphics processor that is claimed, or that was proven to the market: proven.",
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

    public static Option<string?> Within() => new("--within")
    {
        Description = "Only offers that promise the result within such a time after the payment, such as 60s, or else "
            + "give credit.",
    };

    /// <summary>What a request says of it.</summary>
    public static int? Seconds(string? within) => within is null ? null
        : Durations.Read(within).TotalSeconds is var seconds and <= JobLevel.MostSeconds ? (int)seconds
        : throw CliFailure.Usage("--within is at most 30d.");

    /// <summary>A promise as people read it.</summary>
    public static string? Promise(JobLevel? level) => level is null ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"within {level.Seconds} s of the payment, else {(decimal)level.Credit / 100:0.##} % of the charge back");

    /// <summary>Says how to see more.</summary>
    public static void TellNext(Output output, string? next)
    {
        if (next is not null)
            output.Line($"More: --after {next}");
    }
}
