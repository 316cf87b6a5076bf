using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainValidators
{
    public static CliCommand Create() => new CliCommand(
        "validators", "Show who decides the next block, and how many are needed.", "aitbc blockchain validators --json")
        .Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var set = await ConsensusAnswers.AskAsync(context, (c, cancel) => c.ValidatorsAsync(cancel));
        var weight = set.Validators.Aggregate(0UL, (sum, v) => sum + v.Weight);
        context.Output.Facts(
            ("block", set.Height.ToString()),
            ("set", set.Hash.ToString()),
            ("needed", $"{set.Quorum} of {weight}"));
        context.Output.Line();
        context.Output.Table(
            ["index", "operator", "consensus key", "weight"],
            set.Validators.Select((v, i) => (string[])
                [i.ToString(), v.Operator.ToString(), v.ConsensusKey.ToString(), v.Weight.ToString()]));
        context.Output.Json(ToJson(set));
    }

    private static JsonObject ToJson(ValidatorSetStatus set) => new()
    {
        ["height"] = set.Height,
        ["hash"] = Say.Json(set.Hash),
        ["quorum"] = set.Quorum,
        ["validators"] = new JsonArray([.. set.Validators.Select((v, i) => (JsonNode)new JsonObject
        {
            ["index"] = i,
            ["operator"] = v.Operator.ToString(),
            ["consensusKey"] = Say.Json(v.ConsensusKey),
            ["weight"] = v.Weight,
        })]),
    };
}
