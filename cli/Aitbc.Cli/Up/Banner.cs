using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives.Keys;

namespace Aitbc.Cli.Up;

/// <summary>What somebody who starts a network needs to use it.</summary>
internal static class Banner
{
    private const string Words = "test test test test test test test test test test test junk";
    private const int Accounts = 10;

    public static void Write(Output output, JsonObject ready)
    {
        if (output.IsJson)
            return;
        output.Line();
        output.Line($"AITBC development network   chain id {ready["chainId"]}   coin AIT (18 decimals)");
        output.Line();
        foreach (var process in ready["processes"]!.AsArray())
        {
            var name = (process!["name"] ?? process["role"])!.GetValue<string>();
            var peers = process["peers"] is { } place ? $"   peers on {place}" : "";
            output.Line($"  {name,-12} {process["url"]}   process {process["pid"]}{peers}");
        }

        output.Line($"  {"data",-12} {ready["data"]}");
        output.Line();
        var roles = ready["processes"]!.AsArray().Select(p => p!["role"]!.GetValue<string>()).ToHashSet();
        var labels = roles.Contains("wallet") ? ", labels dev0 to dev9 in the wallet" : "";
        output.Line($"Accounts (10,000 AIT each at genesis){labels}:");
        using var root = HdKey.FromSeed(Mnemonic.ToSeed(Words));
        for (var i = 0; i < Accounts; i++)
        {
            using var key = root.Derive($"m/44'/60'/0'/0/{i}");
            output.Line($"  {i}  {key.Address}");
        }

        output.Line($"Mnemonic: {Words}");
        output.Line("WARNING: these keys are public. Whatever is sent to them on another network is lost.");
        output.Line();
        output.Line(roles.Contains("provider")
            ? "Try: ./aitbc job submit wasm samples/wasm/wordcount/wordcount.wasm README.md"
            : "Try: ./aitbc blockchain status");
        output.Line();
    }
}
