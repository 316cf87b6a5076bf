using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Bench.Loads;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Bench.Inference;

/// <summary>
/// Paid runs of a WASM program by the call, from asking the price to the result: the 402, the voucher's signature, and
/// the paid request with its records synced. Cold = a module that was never seen, sent along; warm = the same again.
/// </summary>
internal static class RunLoad
{
    private const string Path = "run";
    private const int WarmUp = 100;
    private static readonly byte[] Input = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("two words\n", 100)));

    public static async Task<int> RunAsync(Arguments arguments, double mostCold, double mostWarm)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var nodeHttp = network.Client("node");
        await using var models = await FastModels.StartAsync();
        using var owner = new LocalSigner(InferenceLoad.Account(1));
        await using var shop = await InferenceLoad.StartAsync(models, nodeHttp, owner, network.Folder("shop"));
        using var http = new HttpClient { BaseAddress = new Uri(shop.Urls.Single() + "/v1/") };
        var me = await shop.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(default);
        var buyer = new ChannelBuyer(InferenceLoad.Account(2), me.ChainId);
        var module = await File.ReadAllBytesAsync(
            System.IO.Path.Combine(Repository.Root, "samples/wasm/wordcount/wordcount.wasm"));
        using (var opened = await InferenceLoad.BuyAsync(
            http, buyer, Body(module), UInt256.Parse("1000000000000000000000"), Path))
            Check(await opened.Content.ReadAsStringAsync());

        for (var i = 0; i < WarmUp; i++)
            await TimeAsync(http, buyer, i % 2 == 0 ? Another(module, -1 - i) : module);
        var (cold, warm) = (new List<double>(), new List<double>());
        for (var i = 0; i < arguments.Count; i++)
        {
            cold.Add(await TimeAsync(http, buyer, Another(module, i)));
            warm.Add(await TimeAsync(http, buyer, module));
        }

        InferenceLoad.Tell("paid run, cold: price to result", cold);
        InferenceLoad.Tell("paid run, warm: price to result", warm);
        return Figures.Quantile(cold, 0.5) <= mostCold && Figures.Quantile(warm, 0.5) <= mostWarm ? 0 : 1;
    }

    private static async Task<double> TimeAsync(HttpClient http, ChannelBuyer buyer, byte[] module)
    {
        var body = Body(module);
        var from = Stopwatch.GetTimestamp();
        using var answer = await InferenceLoad.BuyAsync(http, buyer, body, null, Path);
        var text = await answer.Content.ReadAsStringAsync();
        var took = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        Check(text);
        return took;
    }

    private static void Check(string text)
    {
        if ((string?)JsonNode.Parse(text)!["end"] != "completed")
            throw new InvalidOperationException($"The run gave something else: {text}");
    }

    private static string Body(byte[] module) => new JsonObject
    {
        ["module"] = Convert.ToBase64String(module),
        ["input"] = Encoding.UTF8.GetString(Input),
        ["maxFuel"] = 1_000_000,
        ["maxMemoryMib"] = 16,
    }.ToJsonString();

    /// <summary>The same program with another hash: a custom section that means nothing holds the number.</summary>
    private static byte[] Another(byte[] module, int number) =>
        [.. module, 0, 6, 1, (byte)'n', .. BitConverter.GetBytes(number)];
}
