using System.Diagnostics;
using System.Globalization;
using System.Net;
using Aitbc.Bench.Loads;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Bench.Inference;

/// <summary>
/// Many paid streams through one provider at the same time, each of a channel of its own: the memory of this process,
/// which is engine, provider and clients in one, while all of them are open, and how fast one more is refused then.
/// </summary>
internal static class StreamsLoad
{
    private const int Tokens = 200;
    private const int Refused = 500;
    private const int Openings = 8;

    public static async Task<int> RunAsync(Arguments arguments, double mostMib, double mostP99)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var nodeHttp = network.Client("node");
        await using var models = await FastModels.StartAsync();
        using var owner = new LocalSigner(InferenceLoad.Account(1));
        await using var shop = await InferenceLoad.StartAsync(models, nodeHttp, owner, network.Folder("shop"), o =>
        {
            o.OpenAi.SlotsPerModel = arguments.Count;
            o.OpenAi.QueuePerModel = 0;
        });
        using var http = new HttpClient
        {
            BaseAddress = new Uri(shop.Urls.Single() + "/v1/"),
            Timeout = TimeSpan.FromMinutes(5),
        };
        var me = await shop.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(default);
        using var key = InferenceLoad.Account(2);
        var buyers = Enumerable.Range(0, arguments.Count)
            .Select(i => new ChannelBuyer(key, me.ChainId, (ulong)i)).ToList();
        await OpenAsync(http, buyers);
        var required = await InferenceLoad.RequiredAsync(http, InferenceLoad.Body(Tokens));
        var before = Mib();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        models.Hold = hold.Task;
        var started = Stopwatch.GetTimestamp();
        var streams = await Task.WhenAll(buyers.Select(b => StartAsync(
            http, InferenceLoad.Request(InferenceLoad.Body(Tokens), b.Pay(required)))));
        var took = Stopwatch.GetElapsedTime(started);
        var during = Mib();
        var refusals = await RefusalsAsync(http);
        hold.SetResult();
        var tokens = await Task.WhenAll(streams.Select(FinishAsync));
        if (tokens.Any(t => t != Tokens))
            throw new InvalidOperationException($"A stream had {tokens.Min()} tokens of {Tokens}.");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{streams.Length} paid streams open at once after {took.TotalSeconds:0.0} s: engine, provider and clients "
            + $"are {during:0} MiB together, {before:0} MiB before; each ended with its {Tokens} tokens"));
        InferenceLoad.Tell("one more is refused", refusals);
        return during <= mostMib && Figures.Quantile(refusals, 0.99) <= mostP99 ? 0 : 1;
    }

    private static Task OpenAsync(HttpClient http, List<ChannelBuyer> buyers) => Parallel.ForEachAsync(
        buyers,
        new ParallelOptions { MaxDegreeOfParallelism = Openings },
        async (buyer, _) =>
        {
            using var opened = await InferenceLoad.BuyAsync(
                http, buyer, InferenceLoad.Body(8), UInt256.Parse("1000000000000000000"));
        });

    /// <summary>Up to the first token.</summary>
    private static async Task<(HttpResponseMessage Answer, StreamReader Reader)> StartAsync(
        HttpClient http, HttpRequestMessage request)
    {
        using var sent = request;
        var answer = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("word ", StringComparison.Ordinal))
                return (answer, reader);
        }

        throw new InvalidOperationException("A stream ended without a token.");
    }

    private static async Task<int> FinishAsync((HttpResponseMessage Answer, StreamReader Reader) stream)
    {
        using (stream.Answer)
        using (stream.Reader)
        {
            var text = await stream.Reader.ReadToEndAsync();
            return 1 + text.Split("word ").Length - 1;
        }
    }

    private static async Task<List<double>> RefusalsAsync(HttpClient http)
    {
        var took = new List<double>(Refused);
        for (var i = 0; i < Refused; i++)
        {
            var from = Stopwatch.GetTimestamp();
            using var request = InferenceLoad.Request(InferenceLoad.Body(Tokens), null);
            using var answer = await http.SendAsync(request);
            took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                throw new InvalidOperationException($"One more was answered {answer.StatusCode}.");
        }

        return took;
    }

    private static double Mib()
    {
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64 / (1024.0 * 1024);
    }
}
