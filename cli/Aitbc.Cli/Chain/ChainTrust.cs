using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Light;

namespace Aitbc.Cli.Chain;

/// <summary>Takes from a node that is trusted what a light client of another one begins from.</summary>
internal static class ChainTrust
{
    private static readonly Option<FileInfo?> File = new("--out") { Description = "Where to write; default: print." };

    public static CliCommand Create() => new CliCommand(
        "trust",
        "Take the validators of the newest block from a node you trust, for 'verify' against others.",
        "aitbc blockchain trust --out trust.json")
        .With(File).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var chain = context.Session.Chain;
        var source = new RpcLightSource(chain);
        var newest = await source.BlockAsync(null, context.Cancel)
            ?? throw CliFailure.Failed("block_unknown", "The chain has no certified block yet.");
        var genesis = await chain.BlockAsync(0, context.Cancel)
            ?? throw CliFailure.Failed("block_unknown", "The node has no block 0.");
        var trust = new LightTrust(
            await chain.ChainIdAsync(context.Cancel), genesis.Hash, newest.Header.Number, newest.Validators,
            newest.Consensus.TimeMs);
        var json = LightTrustFile.ToJson(trust);
        if (context.Get(File) is { } file)
            await System.IO.File.WriteAllTextAsync(file.FullName, json.ToJsonString(), context.Cancel);
        else
            context.Output.Line(json.ToJsonString());
        context.Output.Facts(
            ("height", trust.Height.ToString()),
            ("validators", trust.Validators.Count.ToString()),
            ("set", trust.Validators.Hash.ToString()));
        context.Output.Json(json);
    }
}
