using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Testing;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Gpus;
using Xunit;

namespace Services.Tests.Coordinator;

/// <summary>Bodies that no client of ours sends: each is taken or refused with a problem, and breaks nothing.</summary>
public sealed class HostileBodyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_with_any_member_damaged_is_taken_or_refused_and_never_an_internal_error()
    {
        await using var market = await Market.StartAsync(o => o with { RequestsPerMinute = 1_000_000 });
        await market.SellAsync(market.ProviderKey, 30);
        await market.RegisterAsync();
        var job = await market.FundedAsync("paid");
        var bodies = await BodiesAsync(market, job);
        var client = await TokenAsync(market, market.ClientKey);
        var provider = await TokenAsync(market, market.ProviderKey);
        var broken = new List<string>();
        var tried = 0;
        foreach (var (path, token, body) in bodies.Select(b => (b.Path, b.IsProvider ? provider : client, b.Body)))
        {
            foreach (var (where, json) in JsonMutations.Of(body))
            {
                tried++;
                if (await ProblemAsync(market.Http, path, token, json) is { } problem)
                    broken.Add($"{path}: {where}: {problem}");
            }
        }

        Assert.True(tried > 1_000, $"{tried} were tried");
        Assert.True(broken.Count == 0, $"{broken.Count} of {tried}:\n{string.Join('\n', broken.Take(20))}");
        Assert.Equal(job.Id, (await market.Client.JobAsync(job.Id, Cancel)).Id);
    }

    private static async Task<IReadOnlyList<(string Path, bool IsProvider, JsonNode Body)>> BodiesAsync(
        Market market, JobView job)
    {
        var order = await market.OrderRequestAsync("other");
        var chat = new JobSpec
        {
            Engine = "ollama",
            Ollama = new OllamaSpec
            {
                Model = "qwen3:8b",
                Messages = [new ChatMessage("system", "short"), new ChatMessage("user", "hello")],
                MaxOutputTokens = 10,
                Seed = 7,
            },
        };
        var script = new JobSpec
        {
            Engine = "js",
            Js = new JsSpec
            {
                ScriptHash = order.Spec.Wasm!.ModuleHash,
                InputHash = order.Spec.Wasm.InputHash,
                MaxStatements = 10,
                MaxMemoryMib = 16,
                Seed = "x",
            },
        };
        var result = await market.ReceiptOf(job, order.Spec.Wasm.InputHash).SignAsync(market.ProviderKey);
        var offer = await market.Offer(market.ProviderKey, 20).SignAsync(
            market.ProviderKey, await market.Client.InfoAsync(Cancel), Cancel);
        return
        [
            ("/v1/jobs", false, Node(order with { MaxPrice = 5, Provider = market.ProviderKey.Address },
                MarketJson.Default.OrderRequest)),
            ("/v1/jobs", false, Node(order with { Spec = chat }, MarketJson.Default.OrderRequest)),
            ("/v1/jobs", false, Node(order with { Spec = script }, MarketJson.Default.OrderRequest)),
            ("/v1/quotes", false, Node(
                await market.WantAsync("quoted") with { Region = "eu-1", Privacy = "open", Warm = true },
                MarketJson.Default.QuoteRequest)),
            ("/v1/market/bids", false, Node(await market.BidAsync(10, "bid"), MarketJson.Default.BidRequest)),
            ("/v1/offers", true, Node(offer, MarketJson.Default.MarketOffer)),
            ("/v1/providers", true, Node(
                new ProviderRegistration
                {
                    Provider = market.ProviderKey.Address,
                    Url = "http://127.0.0.1:8008",
                    Offers = """[{"engine":"wasm","resourceClass":"wasm","unitKind":"fuel"}]""",
                    IssuedAt = 1,
                    Signature = "0x00",
                },
                MarketJson.Default.ProviderRegistration)),
            ("/v1/providers/heartbeat", true, Node(new HeartbeatRequest(1), MarketJson.Default.HeartbeatRequest)),
            ($"/v1/jobs/{job.Id}/failed", false, Node(
                new FailureRequest("x", "y"), MarketJson.Default.FailureRequest)),
            ($"/v1/jobs/{job.Id}/funded", false, Node(new FundedHint(job.Id), MarketJson.Default.FundedHint)),
            ($"/v1/jobs/{job.Id}/result", true, Node(
                new ResultRequest(result, order.Spec.Wasm.InputHash), MarketJson.Default.ResultRequest)),
            ("/v1/auth/challenge", false, Node(
                new ChallengeRequest(market.ClientKey.Address), MarketJson.Default.ChallengeRequest)),
            ("/v1/auth/token", false, Node(
                new TokenRequest("text", "0x" + new string('1', 130)), MarketJson.Default.TokenRequest)),
            .. await DevicesAsync(market),
        ];
    }

    private static async Task<IReadOnlyList<(string Path, bool IsProvider, JsonNode Body)>> DevicesAsync(Market market)
    {
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var offer = await market.ModelOffer(market.ProviderKey).With(seen, info)
            .SignAsync(market.ProviderKey, info, Cancel);
        var provider = $"/v1/providers/{market.ProviderKey.Address}";
        return
        [
            ("/v1/offers", true, Node(offer, MarketJson.Default.MarketOffer)),
            (provider + "/gpu-challenges", true, Node(
                new GpuChallengeRequest(Proving.Device, Proving.MemoryMib), MarketJson.Default.GpuChallengeRequest)),
            (provider + "/gpu-proofs", true, Node(
                new GpuProofRequest(seen.Seed, "AAAAAAAAAAA="), MarketJson.Default.GpuProofRequest)),
        ];
    }

    private static JsonNode Node<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!;

    /// <summary>Null if the answer is a success or a refusal that says what it is.</summary>
    private static async Task<string?> ProblemAsync(HttpClient http, string path, string token, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Cancel);
        if (response.IsSuccessStatusCode)
            return null;
        var text = await response.Content.ReadAsStringAsync(Cancel);
        using var problem = JsonDocument.Parse(text);
        return (int)response.StatusCode < 500
            && problem.RootElement.GetProperty("code").GetString() is { Length: > 0 }
            && problem.RootElement.TryGetProperty("retryable", out _)
            && problem.RootElement.TryGetProperty("charged", out _)
            // As the framework puts it, which names types of the program.
            && !text.Contains("Failed to", StringComparison.Ordinal)
            ? null
            : $"{(int)response.StatusCode} {text}";
    }

    internal static async Task<string> TokenAsync(Market market, Aitbc.Sdk.Wallet.LocalSigner key)
    {
        var client = market.As(key);
        var challenge = await client.ChallengeAsync(key.Address, Cancel);
        var signature = await key.SignMessageAsync(key.Address, Encoding.UTF8.GetBytes(challenge.Message), Cancel);
        var grant = await client.TokenAsync(
            new TokenRequest(challenge.Message, Hex.ToHex(signature.ToBytes65())), Cancel);
        return grant.Token;
    }
}
