using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Ollama;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Hosting;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.DependencyInjection;
using Services.Tests.Coordinator;
using Services.Tests.Provider.Delivery;
using Services.Tests.Provider.Models;
using Services.Tests.Provider.Selling;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Gpu;

/// <summary>
/// A provider and a coordinator on real ports: what the one has attested by the other stands in offers and receipts.
/// The device is a program's words, and its work is done by the processor.
/// </summary>
public sealed class GpuProvenTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Market _market = null!;
    private ScriptedChain _chain = null!;
    private ScriptedModels _models = null!;
    private string _smi = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _market = await Market.StartAsync();
        _chain = await ScriptedChain.StartAsync();
        _chain.NowSeconds = (ulong)_market.Time.GetUtcNow().ToUnixTimeSeconds();
        _models = await ScriptedModels.StartAsync(Dialect.Ollama);
        _smi = await FakeSmi.WriteAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _models.DisposeAsync();
        await _chain.DisposeAsync();
        await _market.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Offer_and_receipt_say_proven_and_anybody_can_check_it()
    {
        await using var daemon = await StartAsync();
        var offer = await OfferAsync();
        var order = Fund(_market.Time, "job-1");
        var (_, body) = await daemon.SendAsync(order, withInput: false);
        var file = FileOf(body);

        Assert.Equal(("proven", FakeSmi.Device, 2UL), (offer.GpuState, offer.Offer.Gpu, offer.Offer.GpuMemoryMib));
        Assert.Equal(offer.Offer.GpuProof, file.Receipt.Gpu!.Proof);
        Assert.Equal(offer.Offer.GpuAttestation, file.GpuAttestation);
        Assert.Equal(_market.EvaluatorKey.Address, file.GpuAttestation!.Asker);
        var verified = ReceiptVerifier.Verify(file, [Order.Provider], Encoding.UTF8.GetBytes("Two plus two is four."));
        Assert.True(verified.IsValid, verified.Detail);
        Assert.Equal("proven", ReceiptGpuEvidence.Of(file).State);
        var gpus = JsonNode.Parse(await daemon.Http.GetStringAsync("/v1/gpus", Cancel))!;
        Assert.Equal(file.GpuAttestation.Signature, (string)gpus["attestation"]!["signature"]!);
    }

    [Fact]
    public async Task A_processor_is_not_attested_as_a_device_and_the_offer_says_claimed()
    {
        await using var daemon = await StartAsync(set: o => o.Gpu.AttestProcessor = false);
        var offer = await OfferAsync();
        var (_, body) = await daemon.SendAsync(Fund(_market.Time, "job-1"), withInput: false);

        Assert.Equal(("claimed", FakeSmi.Device), (offer.GpuState, offer.Offer.Gpu));
        Assert.Equal("claimed", ReceiptGpuEvidence.Of(FileOf(body)).State);
        Assert.Equal(new ReceiptGpu(FakeSmi.Device, default), FileOf(body).Receipt.Gpu);
    }

    [Fact]
    public async Task Without_a_device_and_for_a_server_elsewhere_nothing_is_said()
    {
        _smi = Path.Combine(_folder.Path, "absent");
        await using (var daemon = await StartAsync())
        {
            Assert.Equal("none", (await OfferAsync()).GpuState);
            var (_, body) = await daemon.SendAsync(Fund(_market.Time, "job-1"), withInput: false);
            Assert.Null(FileOf(body).Receipt.Gpu);
        }

        var options = Options(o => o.Ollama.Host = "http://models.example:11434");
        var gpus = Standing(options);
        await gpus.LookAsync(Cancel);
        Assert.Null(gpus.Device);
    }

    [Fact]
    public async Task Work_that_runs_on_the_processor_says_nothing_of_the_device()
    {
        _smi = await FakeSmi.WriteAsync(_folder.Path);
        var gpus = Standing(Options());
        await gpus.LookAsync(Cancel);

        Assert.NotNull(gpus.Device);
        Assert.Null(gpus.Of(EngineNames.Wasm, 1));
        Assert.Null(gpus.Of(EngineNames.Js, 1));
        Assert.Null(gpus.Of(EngineNames.Container, 1));
        Assert.NotNull(gpus.Of(EngineNames.Ollama, 1));
    }

    [Fact]
    public async Task An_attestation_outlives_a_restart_and_is_renewed_at_half_of_its_age()
    {
        GpuAttestation first;
        await using (var daemon = await StartAsync())
            first = (await OfferAsync()).Offer.GpuAttestation!;
        _market.Time.Advance(TimeSpan.FromHours(1));
        await using (var daemon = await StartAsync())
        {
            var renewed = await OfferAsync(o => o.Offer.IssuedAt > first.ProvenAtMs / 1000);
            Assert.Equal(first, renewed.Offer.GpuAttestation);
        }

        _market.Time.Advance(TimeSpan.FromDays(3.5));
        await using (var daemon = await StartAsync())
        {
            var next = (await OfferAsync()).Offer.GpuAttestation!;
            Assert.True(next.ProvenAtMs > first.ProvenAtMs);
            Assert.NotEqual(first.Seed, next.Seed);
            Assert.Equal([next, first], daemon.Service<GpuAttestations>().All);
        }
    }

    [Fact]
    public async Task A_receipt_names_only_what_was_proven_when_its_work_began()
    {
        await using var daemon = await StartAsync();
        var seen = (await OfferAsync()).Offer.GpuAttestation!;
        var gpus = daemon.Service<GpuStanding>();
        var before = seen.ProvenAtMs - GpuAttestation.ClockToleranceMs - 1;

        Assert.False(gpus.Of(EngineNames.Ollama, seen.ProvenAtMs)!.Proof.IsZero);
        Assert.True(gpus.Of(EngineNames.Ollama, before)!.Proof.IsZero);
        _market.Time.Advance(TimeSpan.FromDays(8));
        Assert.True(gpus.Of(EngineNames.Ollama, seen.ProvenAtMs)!.Proof.IsZero);
    }

    [Fact]
    public async Task A_refused_challenge_keeps_nothing_off_the_market()
    {
        await _market.As(new(Aitbc.Testing.TestAccounts.Key(Order.ProviderIndex)))
            .RegisterAsync("", [new("wasm", "wasm", "fuel", 1, 1, 1)], Cancel);
        await _market.As(new(Aitbc.Testing.TestAccounts.Key(Order.ProviderIndex)))
            .GpuChallengeAsync("another", 1, Cancel);

        await using var daemon = await StartAsync();

        Assert.Equal("claimed", (await OfferAsync()).GpuState);
    }

    [Fact]
    public async Task The_receipt_of_a_paid_call_says_proven_too()
    {
        _market.Time.AdjustTime(TimeProvider.System.GetUtcNow());
        await using var world = await SellingWorld.StartAsync(
            set: o =>
            {
                o.CoordinatorUrl = _market.Http.BaseAddress;
                o.LinkEnabled = false;
                o.Gpu.AttestProcessor = true;
            },
            also: s => FakeSmi.Use(s, _smi));
        var offer = await OfferAsync();
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync("/v1/chat/completions", Buyer.Chat, 1_000_000);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();

        var file = ReceiptFile.TryParse(await world.ReceiptAsync(id))!;

        Assert.Equal("proven", offer.GpuState);
        Assert.Equal(offer.Offer.GpuAttestation, file.GpuAttestation);
        Assert.True(ReceiptVerifier.Verify(file, [world.Provider]).IsValid);
        Assert.Equal("proven", ReceiptGpuEvidence.Of(file).State);
    }

    private Task<Daemon> StartAsync(Action<ProviderOptions>? set = null) => Daemon.StartAsync(
        _chain,
        new CountingEngine(),
        _market.Time,
        Path.Combine(_folder.Path, "provider"),
        o =>
        {
            Set(o);
            set?.Invoke(o);
        },
        services =>
        {
            FakeSmi.Use(services, _smi);
            services.AddSingleton(s => new EngineCatalog(
                [new OllamaEngine(new OllamaLimits(), new UnitPrice(2, 1), s.GetRequiredService<OllamaServer>())]));
        });

    private void Set(ProviderOptions options)
    {
        options.CoordinatorUrl = _market.Http.BaseAddress;
        options.LinkEnabled = false;
        options.OllamaEnabled = true;
        options.Ollama.Host = _models.Url;
        options.Gpu.AttestProcessor = true;
    }

    private ProviderOptions Options(Action<ProviderOptions>? set = null)
    {
        var options = new ProviderOptions
        {
            DataDirectory = _folder.Path,
            NodeUrl = _chain.Url,
            WalletUrl = _chain.Url,
            WalletTokenFile = "not used",
        };
        Set(options);
        set?.Invoke(options);
        return options;
    }

    private GpuStanding Standing(ProviderOptions options) => new(
        options,
        new GpuDetection(new NvidiaSmi(_market.Time, _smi), _market.Time),
        new GpuAttestations(_folder.Path, _market.Time),
        _market.Time);

    /// <summary>The offer of the model, once it is there.</summary>
    private async Task<OfferView> OfferAsync(Func<OfferView, bool>? fits = null)
    {
        OfferView? found = null;
        await RefusedPaymentTests.WaitUntilAsync(() =>
        {
            found = _market.Client.OffersAsync(cancel: Cancel).Result.Offers
                .FirstOrDefault(o => o.Offer.Engine == "ollama" && (fits?.Invoke(o) ?? true));
            return found is not null;
        });
        return found!;
    }

    private JobOrder Fund(TimeProvider time, string key)
    {
        var made = Order.Make(time, key, 2_000_000);
        var spec = new JobSpec
        {
            Engine = JobSpec.OllamaEngine,
            Ollama = new OllamaSpec
            {
                Model = Dialect.Model,
                Messages = [new ChatMessage("user", "What is two plus two?")],
                MaxOutputTokens = 100,
            },
        };
        var order = new JobOrder(
            made.Terms with { Engine = spec.Engine, SpecHash = spec.Hash(), UnitKind = "token" }, spec);
        _chain.Put(order.Terms.Funded());
        return order;
    }

    private static ReceiptFile FileOf(JsonNode body) =>
        ReceiptFile.TryParse(Encoding.UTF8.GetBytes(body["receipt"]!.ToJsonString()))!;
}
