using System.Net;
using System.Tests.Devnet;
using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Jobs;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.Coordinators;

/// <summary>
/// A real network whose coordinator lies to one client: it cannot make it pay for what was not agreed, nor give it a
/// result, a receipt or an end that is not so.
/// </summary>
public sealed class LyingCoordinatorTests : IAsyncLifetime
{
    private static readonly byte[] Script = Encoding.UTF8.GetBytes("print(input.length)");
    private static readonly byte[] Input = Encoding.UTF8.GetBytes("twelve bytes");
    private static readonly Address Other = Address.Parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");

    private readonly TemporaryFolder folder = new();
    private TestNetwork network = null!;
    private ProviderDaemon member = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        network = await TestNetwork.StartAsync(folder["data"], "--roles", "node,wallet,coordinator,provider");
        // It registers first and posts its offers then.
        await JobLife.SeeAsync("an offer of js", async () => (await network.Session.Market().OffersAsync(
            new OfferFilter { ResourceClass = "js" }, cancel: Cancel)).Offers.Count > 0);
        member = await ProviderDaemon.StartAsync(
            network, folder.Path, "member", options => options["reexecute"] = true);
        await JobLife.SeeAsync("somebody who executes again", async () =>
            (await network.Session.Market().ProvidersAsync(cancel: Cancel)).Providers
                .Any(p => p.Offers.Any(o => o.Reexecutes == true)));
    }

    public async ValueTask DisposeAsync()
    {
        await member.DisposeAsync();
        await network.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_coordinator_that_lies_moves_no_money_and_forges_nothing_unnoticed()
    {
        // Before the payment: nothing is signed, so that nothing can be lost.
        await RefusedAsync("quote_invalid", "a cheaper quote than was signed", "/v1/quotes", q => q["total"] = "1");
        await RefusedAsync(
            "quote_invalid", "a quote of another provider", "/v1/quotes", q => q["provider"] = Other.ToString());
        await RefusedAsync("quote_broken", "dearer terms than were quoted", "/v1/jobs", j => Terms(j, t =>
        {
            t["unitPrice"] = Times(t["unitPrice"]!, 3);
            t["budget"] = Times(t["budget"]!, 3);
        }));
        await RefusedAsync("quote_broken", "terms for an accomplice", "/v1/jobs", j => Terms(j, t =>
            t["provider"] = Other.ToString()));
        await RefusedAsync("quote_broken", "terms with a promise that nobody made", "/v1/jobs", j => Terms(j, t =>
            t["level"] = new JsonObject { ["seconds"] = 1, ["credit"] = 10_000 }));
        await RefusedAsync(
            "quote_invalid", "a promise that was not signed", "/v1/quotes",
            q => (q["levelSeconds"], q["levelCredit"]) = (1, 10_000));
        await RefusedAsync("quote_wrong", "another escrow", "/v1/jobs", j => Terms(j, t =>
            t["escrow"] = Other.ToString()));
        Assert.Equal(0UL, await new EscrowClient(network.Session.Chain).JobCountAsync(Cancel));

        await CommitteeRefusedAsync("an accomplice in the committee", t =>
            t["reexecution"]!["reexecutors"] = new JsonArray(Other.ToString()));
        await CommitteeRefusedAsync("a dearer dispute", t =>
            t["reexecution"]!["fee"] = Times(t["reexecution"]!["fee"]!, 2));
        await CommitteeRefusedAsync("no committee", t => t.AsObject().Remove("reexecution"));

        // A price that was never quoted to this client, since the order is said to be an old one.
        await using (var liar = await LiarAsync("/none", null))
        {
            var order = Order("unseen");
            await liar.Flow.QuoteAsync(order, [Script, Input], Cancel);
            Assert.Equal("quote_unseen", await CodeAsync(() => QuoteAsync(liar, order)));
            await CancelAsync(liar, order);
        }

        // After it: what was paid for is not replaced by anything else.
        var honest = await LiarAsync("/none", null);
        var paid = await QuoteAsync(honest, Order("paid"));
        await honest.Flow.FundAsync(Order("paid"), paid, Cancel);
        await honest.Flow.WaitAsync(paid.Id, _ => { }, Cancel);
        Assert.True((await honest.Flow.CollectAsync(paid.Id, Cancel)).Verification.IsValid);
        await honest.DisposeAsync();

        await FoundAsync(paid.Id, ReceiptVerdict.ContradictsChain, "more units", $"/v1/jobs/{paid.Id}", j =>
            j["units"] = (ulong)j["units"]! + 1);
        await FoundAsync(paid.Id, ReceiptVerdict.ContradictsChain, "other terms", $"/v1/jobs/{paid.Id}", j =>
            Terms(j, t => t["budget"] = Times(t["budget"]!, 2)));
        await FoundAsync(paid.Id, ReceiptVerdict.ContradictsChain, "a promise", $"/v1/jobs/{paid.Id}", j =>
            Terms(j, t => t["level"] = new JsonObject { ["seconds"] = 1, ["credit"] = 10_000 }));
        await FoundAsync(paid.Id, ReceiptVerdict.ContradictsChain, "a credit", $"/v1/jobs/{paid.Id}", j =>
            j["credit"] = "1");
        await FoundAsync(paid.Id, ReceiptVerdict.BadSignature, "a receipt that says more", "receipt", r =>
            r["receipt"]!["charge"] = Times(r["receipt"]!["charge"]!, 2));
        await FoundAsync(paid.Id, ReceiptVerdict.UnknownProvider, "a receipt of an accomplice", "receipt", Forge);
        await using (var liar = await LiarAsync("result", null, bytes => [.. bytes, 1]))
            Assert.Equal(
                ReceiptVerdict.WrongHash, (await liar.Flow.CollectAsync(paid.Id, Cancel)).Verification.Verdict);
        await using (var liar = await LiarAsync($"/v1/jobs/{paid.Id}", j => j["state"] = "Refunded"))
            Assert.Equal("not_refunded", await CodeAsync(() => liar.Flow.WaitAsync(paid.Id, _ => { }, Cancel)));

        // The way to the money without it asks the chain alone.
        Assert.Equal("job_ended", await RefundAsync(paid.Id));
        Assert.Equal("not_on_chain", await RefundAsync(Keccak256.Hash([7])));
    }

    private async Task<string?> RefundAsync(Hash256 job)
    {
        var run = await ProgramRun.CliAsync(
            "job", "refund", job.ToString(), "--json", "--data", network.Data, "--coordinator-url",
            "http://127.0.0.1:9");
        return run.Json.GetProperty("error").GetProperty("code").GetString();
    }

    private async Task CommitteeRefusedAsync(string lie, Action<JsonNode> change)
    {
        var provider = (await network.Session.AccountAsync("provider", Cancel)).Address;
        await RefusedAsync("quote_broken", lie, "/v1/jobs", j => Terms(j, change), order => order with
        {
            Provider = provider,
            Reexecution = new ReexecutionRequest(1),
        });
    }

    private static OrderRequest Order(string key) => DemoRun.Order(key, new JobSpec
    {
        Engine = JobSpec.JsEngine,
        Js = new JsSpec
        {
            ScriptHash = Keccak256.Hash(Script),
            InputHash = Keccak256.Hash(Input),
            MaxStatements = 1_000,
            MaxMemoryMib = 16,
            Seed = "",
        },
    });

    private static Task<JobView> QuoteAsync(Liar liar, OrderRequest order) => liar.Flow.QuoteFirmAsync(
        order,
        new QuoteRequest
        {
            IdempotencyKey = order.IdempotencyKey,
            Spec = order.Spec,
            Provider = order.Provider,
            Reexecution = order.Reexecution,
        },
        [Script, Input],
        Cancel);

    private async Task RefusedAsync(
        string code, string lie, string path, Action<JsonNode> change, Func<OrderRequest, OrderRequest>? ordered = null)
    {
        await using var liar = await LiarAsync(path, change);
        // The provider has two slots: a quote under the same key is the same, and an order is given up.
        var order = Order(path == "/v1/quotes" ? code : lie.Replace(' ', '-'));
        order = ordered?.Invoke(order) ?? order;
        var told = await CodeAsync(async () => await liar.Flow.FundAsync(order, await QuoteAsync(liar, order), Cancel));
        Assert.True(told == code, $"{lie}: {told}");
        Assert.True(liar.Told > 0, $"{lie} was not told.");
        if (path == "/v1/jobs")
            await CancelAsync(liar, order);
    }

    private async Task FoundAsync(
        Hash256 job, ReceiptVerdict verdict, string lie, string path, Action<JsonNode> change)
    {
        await using var liar = await LiarAsync(path, change);
        var found = (await liar.Flow.CollectAsync(job, Cancel)).Verification;
        Assert.True(found.Verdict == verdict, $"{lie}: {found}");
    }

    private static async Task CancelAsync(Liar liar, OrderRequest order)
    {
        var account = await liar.Session.AccountAsync(null, Cancel);
        var market = await liar.Session.MarketAsync(account.Address, Cancel);
        await market.CancelAsync(JobId.Derive(account.Address, order.IdempotencyKey), Cancel);
    }

    private static async Task<string?> CodeAsync(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (CliFailure failure)
        {
            return failure.Code;
        }
    }

    private static string Times(JsonNode amount, ulong factor) =>
        (UInt256.Parse((string)amount!) * factor).ToString();

    // A liar makes the hash fit, as anybody can.
    private static void Terms(JsonNode job, Action<JsonNode> change)
    {
        change(job["terms"]!);
        job["termsHash"] = job["terms"].Deserialize(MarketJson.Default.JobTerms)!.Hash().ToHex();
    }

    private static void Forge(JsonNode file)
    {
        using var key = PrivateKey.FromBytes(Keccak256.Hash([1]).ToArray());
        file["provider"] = key.Address.ToString();
        file["receipt"]!["provider"] = key.Address.ToString();
        var receipt = file["receipt"].Deserialize(ReceiptJson.Default.Receipt)!;
        file["signature"] = Hex.ToHex(key.Sign(receipt.Digest()).ToBytes65());
    }

    private async Task<Liar> LiarAsync(
        string path, Action<JsonNode>? change, Func<byte[], byte[]>? bytes = null)
    {
        var handler = new LyingHandler(path, change, bytes);
        var session = new Session(Endpoints.OfNetwork(network.Data), (url, timeout) =>
            url == network.Url("coordinator")
                ? new HttpClient(handler, disposeHandler: false) { BaseAddress = url, Timeout = timeout }
                : Connection.Open(url, timeout));
        var account = await session.AccountAsync(null, Cancel);
        return new Liar(session, await JobFlow.OpenAsync(session, account.Address, Cancel), handler);
    }

    private sealed record Liar(Session Session, JobFlow Flow, LyingHandler Handler) : IAsyncDisposable
    {
        public int Told => Handler.Told;

        public ValueTask DisposeAsync()
        {
            Session.Dispose();
            Handler.Dispose();
            return default;
        }
    }

    /// <summary>Changes what comes back from paths that end so.</summary>
    private sealed class LyingHandler(string path, Action<JsonNode>? change, Func<byte[], byte[]>? bytes)
        : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Told { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NoContent
                || !request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal))
                return answer;
            var said = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            if (change is not null)
            {
                var json = JsonNode.Parse(said)!;
                change(json);
                said = Encoding.UTF8.GetBytes(json.ToJsonString());
            }

            var lie = new ByteArrayContent(bytes?.Invoke(said) ?? said);
            lie.Headers.ContentType = answer.Content.Headers.ContentType;
            answer.Content = lie;
            Told++;
            return answer;
        }
    }
}
