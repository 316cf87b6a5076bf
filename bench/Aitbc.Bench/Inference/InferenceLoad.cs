using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Bench.Loads;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Keys;
using Aitbc.Provider;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Bench.Inference;

/// <summary>
/// What a paid stream costs over the engine itself: the time to the first token, tokens a second through one provider,
/// and what verifying a voucher takes. Engine, provider and client share this machine.
/// </summary>
internal static class InferenceLoad
{
    private const int LongStream = 40_000;
    private const string Path = "chat/completions";

    // As many come first that the code of the path is compiled for speed when the clock starts.
    private const int WarmUp = 500;

    public static async Task<int> RunAsync(Arguments arguments, double mostP99, double leastTokens)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var nodeHttp = network.Client("node");
        await using var models = await FastModels.StartAsync();
        using var owner = new LocalSigner(Account(1));
        await using var shop = await StartAsync(models, nodeHttp, owner, network.Folder("shop"));
        using var direct = new HttpClient { BaseAddress = models.Url };
        using var through = new HttpClient { BaseAddress = new Uri(shop.Urls.Single() + "/v1/") };
        var me = await shop.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(default);
        var buyer = new ChannelBuyer(Account(2), me.ChainId);
        using (var opened = await BuyAsync(through, buyer, Body(8), UInt256.Parse("1000000000000000000000")))
            await opened.Content.ReadAsByteArrayAsync();

        var added = await FirstTokensAsync(direct, through, models, buyer, arguments.Count);
        var speed = await SpeedAsync(through, buyer, arguments.Rounds);
        Vouchers(shop, me, await RequiredAsync(through, Body(8)), buyer);
        return added <= mostP99 && speed >= leastTokens ? 0 : 1;
    }

    private static async Task<double> FirstTokensAsync(
        HttpClient direct, HttpClient through, FastModels models, ChannelBuyer buyer, int count)
    {
        var body = Body(8);
        var required = await RequiredAsync(through, body);
        var (alone, paid) = (new List<double>(), new List<double>());
        for (var i = -WarmUp; i < count; i++)
        {
            var own = await FirstAsync(direct, models, Request(body, null));
            var sold = await FirstAsync(through, models, Request(body, buyer.Pay(required)), buyer);
            if (i < 0)
                continue;
            alone.Add(own);
            paid.Add(sold);
        }

        Tell("first token, the engine alone", alone);
        Tell("first token, paid through the provider", paid);
        var p99 = Figures.Quantile(paid, 0.99) - Figures.Quantile(alone, 0.99);
        Console.WriteLine(
            $"added: p50 {Text(Figures.Quantile(paid, 0.5) - Figures.Quantile(alone, 0.5))} ms, p99 {Text(p99)} ms");
        return p99;
    }

    private static async Task<double> SpeedAsync(HttpClient through, ChannelBuyer buyer, int rounds)
    {
        var speeds = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await BuyAsync(through, buyer, Body(LongStream), null);
            var text = await answer.Content.ReadAsByteArrayAsync();
            speeds.Add(LongStream / Stopwatch.GetElapsedTime(started).TotalSeconds);
            var tokens = text.AsSpan().Count("word "u8);
            if (tokens != LongStream)
                throw new InvalidOperationException($"Only {tokens} tokens came.");
        }

        var median = Figures.Quantile(speeds, 0.5);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"tokens a second through one provider: {median:0} (lowest {speeds.Min():0}, highest {speeds.Max():0})"));
        return median;
    }

    /// <summary>From the header to a signer that fits: what a request costs before its record is written.</summary>
    private static void Vouchers(WebApplication shop, ProviderIdentity me, JsonObject required, ChannelBuyer buyer)
    {
        const int Count = 5_000;
        var offers = shop.Services.GetRequiredService<PaymentOffers>();
        var header = buyer.Pay(required);
        var amount = UInt256.Parse((string)required["accepts"]![1]!["amount"]!);
        var request = new PaidRequest(default, "", amount, amount);
        var took = new List<double>(Count);
        var all = Stopwatch.GetTimestamp();
        for (var i = -WarmUp; i < Count; i++)
        {
            if (i == 0)
            {
                took.Clear();
                all = Stopwatch.GetTimestamp();
            }

            var from = Stopwatch.GetTimestamp();
            var voucher = (PresentedVoucher)PaymentReader.Read(header)!;
            if (!offers.Matches(voucher, request, me) || voucher.Config.IdOn(me.ChainId) != voucher.ChannelId
                || !ChannelTill.IsSignedBy(
                    ChannelTill.SignerOf(voucher.Config), me, voucher.ChannelId, voucher.Max, voucher.Signature))
                throw new InvalidOperationException("The voucher does not verify.");
            took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        var rate = Count / Stopwatch.GetElapsedTime(all).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"verifying a voucher: p50 {Figures.Quantile(took, 0.5):0.000} ms, "
            + $"p99 {Figures.Quantile(took, 0.99):0.000} ms, {rate:0} a second on one core ({Secp256k1.Backend})"));
    }

    /// <summary>
    /// The time to the first token. The engine gives the second one when the first is here: a model takes longer
    /// between tokens, and what comes later is not what is measured.
    /// </summary>
    public static async Task<double> FirstAsync(
        HttpClient http, FastModels models, HttpRequestMessage request, ChannelBuyer? buyer = null)
    {
        var here = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        models.Hold = here.Task;
        var from = Stopwatch.GetTimestamp();
        using var sent = request;
        using var answer = await http.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Contains("word ", StringComparison.Ordinal))
                break;
        }

        var took = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
        here.SetResult();
        models.Hold = null;
        Take(await reader.ReadToEndAsync(), buyer);
        return took;
    }

    public static async Task<HttpResponseMessage> BuyAsync(
        HttpClient http, ChannelBuyer buyer, string body, UInt256? deposit, string path = Path)
    {
        var required = await RequiredAsync(http, body, path);
        var answer = await http.SendAsync(Request(body, buyer.Pay(required, deposit), path));
        answer.EnsureSuccessStatusCode();
        Take(await answer.Content.ReadAsStringAsync(), buyer);
        return answer;
    }

    // The charge stands in the stream's last comment.
    private static void Take(string text, ChannelBuyer? buyer)
    {
        const string Mark = "\"charged\":\"";
        var at = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (buyer is null || at < 0)
            return;
        var rest = text[(at + Mark.Length)..];
        buyer.Charged += UInt256.Parse(rest[..rest.IndexOf('"', StringComparison.Ordinal)]);
    }

    /// <summary>What the 402 asks; a provider that has just started sells a moment later.</summary>
    public static async Task<JsonObject> RequiredAsync(HttpClient http, string body, string path = Path)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            using var answer = await http.SendAsync(Request(body, null, path));
            if (answer.Headers.TryGetValues(X402Headers.Required, out var headers))
                return JsonNode.Parse(Convert.FromBase64String(headers.Single()))!.AsObject();
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"The provider asks for nothing: {answer.StatusCode}.");
        }
    }

    public static HttpRequestMessage Request(string body, string? payment, string path = Path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (payment is not null)
            request.Headers.Add(X402Headers.Signature, payment);
        return request;
    }

    public static string Body(int tokens) =>
        "{\"model\":\"" + FastModels.Model + "\",\"stream\":true,\"max_tokens\":"
        + tokens.ToString(CultureInfo.InvariantCulture) + ",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    public static async Task<WebApplication> StartAsync(
        FastModels models, HttpClient node, LocalSigner owner, string folder,
        Action<ProviderOptions>? set = null)
    {
        var options = new ProviderOptions
        {
            DataDirectory = folder,
            NodeUrl = node.BaseAddress!,
            WalletUrl = node.BaseAddress!,
            WalletTokenFile = "not used",
            OllamaEnabled = false,
            JsEnabled = false,
            OpenAiPricePerToken = 1_000,
        };
        options.OpenAi.Url = models.Url;
        options.OpenAi.MaxOutputTokens = LongStream;
        set?.Invoke(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IWalletSigner>(owner);
        builder.Services.AddSingleton<IProviderAccount>(new Own(owner.Address));
        builder.Services.AddProvider(options);
        var app = builder.Build();
        app.MapProvider();
        await app.StartAsync();
        return app;
    }

    public static PrivateKey Account(int index)
    {
        using var root = HdKey.FromSeed(
            Mnemonic.ToSeed("test test test test test test test test test test test junk"));
        return root.Derive(FormattableString.Invariant($"m/44'/60'/0'/0/{index}"));
    }

    public static void Tell(string what, List<double> took) => Console.WriteLine(
        $"{what}: p50 {Text(Figures.Quantile(took, 0.5))} ms, p99 {Text(Figures.Quantile(took, 0.99))} ms "
        + $"over {took.Count}");

    private static string Text(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private sealed class Own(Address address) : IProviderAccount
    {
        public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(address);
    }
}
