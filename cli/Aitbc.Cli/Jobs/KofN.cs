using System.CommandLine;
using System.Globalization;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

/// <summary>How many of how many runs must agree, such as 2of3.</summary>
internal sealed record KofN(int Agree, int Runs)
{
    public static Option<KofN?> Option() => new("--verify")
    {
        Description = "Run it on several providers and take what enough of them agree on, such as 2of3; each is paid "
            + "(only programs: answers of models differ).",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text) is { } rule)
                return rule;
            result.AddError(
                $"'{text}' is not such as 2of3: more than half of {JobVerification.FewestRuns} to "
                    + $"{JobVerification.MostRuns} runs.");
            return null;
        },
    };

    public static KofN? TryParse(string text) => text.Split("of") is [var agree, var runs]
        && int.TryParse(agree, NumberStyles.None, CultureInfo.InvariantCulture, out var k)
        && int.TryParse(runs, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
        && new JobVerification { Agree = k, Runs = n, Run = 1, Group = default }.Problem() is null
            ? new KofN(k, n) : null;

    public override string ToString() => $"{Agree} of {Runs}";
}
