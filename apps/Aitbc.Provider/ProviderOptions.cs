using System.Text.Json.Serialization;
using Aitbc.Provider.Engines.Container;
using Aitbc.Provider.Engines.Js;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Engines.Ollama;
using Aitbc.Provider.Engines.OpenAi;
using Aitbc.Provider.Engines.Wasm;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider;

/// <summary>Everything that can be set about a provider.</summary>
public sealed class ProviderOptions
{
    /// <summary>Folder of the journal, the outputs and the inputs; one process owns it.</summary>
    public required string DataDirectory { get; set; }

    /// <summary>JSON-RPC of the node that is asked about payments.</summary>
    public required Uri NodeUrl { get; set; }

    /// <summary>The wallet daemon that signs, and the file with its token.</summary>
    public required Uri WalletUrl { get; set; }

    public required string WalletTokenFile { get; set; }

    /// <summary>Label of this provider's account in the wallet; made there when missing.</summary>
    public string AccountLabel { get; set; } = "provider";

    /// <summary>The coordinator that work is taken from; null = only the direct door.</summary>
    public Uri? CoordinatorUrl { get; set; }

    /// <summary>Whether the coordinator is dialled, to be asked over that link (specs/market/link.md).</summary>
    public bool LinkEnabled { get; set; } = true;

    /// <summary>The address under which clients reach the direct door; it is registered with the coordinator.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// Its agent in the identity registry of the chain, which this provider's account owns; null = none. It is
    /// registered with the coordinator.
    /// </summary>
    public ulong? AgentId { get; set; }

    /// <summary>
    /// Addresses of evaluators that are accepted. Empty = the one that <see cref="CoordinatorUrl"/> states, since
    /// choosing a coordinator is choosing its judgement.
    /// </summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> Evaluators { get; } = [];

    /// <summary>
    /// Whether jobs of others whose result is doubted are executed again here, at this provider's prices
    /// (specs/provider.md, Re-execution).
    /// </summary>
    public bool Reexecute { get; set; }

    /// <summary>Jobs that run at the same time (1 to 1024).</summary>
    public int Slots { get; set; } = 2;

    /// <summary>Jobs that may wait for a slot (0 to 4096); beyond that is a refusal.</summary>
    public int Queue { get; set; } = 16;

    /// <summary>
    /// Times of day at which new work is taken, such as 22:00-07:00 (at most 24 windows); empty = always.
    /// </summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> Hours { get; } = [];

    /// <summary>The time zone of <see cref="Hours"/>: UTC, or a name such as Europe/Berlin.</summary>
    public string HoursTimeZone { get; set; } = "UTC";

    /// <summary>
    /// What is promised with the offers on the market: such as 60s:25% for all engines, or wasm=10s:50% for one. A
    /// result that is submitted later than so long after the payment costs that part of its charge. Empty = nothing.
    /// </summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> Levels { get; } = [];

    /// <summary>Price of 1,000,000 units of fuel, in atto-AIT.</summary>
    public ulong WasmPricePerMillionFuel { get; set; } = 1_000_000_000_000;

    /// <summary>Price of 1,000,000 statements of a script, in atto-AIT.</summary>
    public ulong JsPricePerMillionStatements { get; set; } = 100_000_000_000_000;

    /// <summary>Price of one token, prompt or output, in atto-AIT.</summary>
    public ulong OllamaPricePerToken { get; set; } = 1_000_000_000_000;

    public WasmLimits Wasm { get; set; } = new();

    public JsLimits Js { get; set; } = new();

    /// <summary>Whether scripts are run.</summary>
    public bool JsEnabled { get; set; } = true;

    public OllamaLimits Ollama { get; set; } = new();

    /// <summary>Price of one token, prompt or output, of the OpenAI-compatible server, in atto-AIT.</summary>
    public ulong OpenAiPricePerToken { get; set; } = 1_000_000_000_000;

    /// <summary>The OpenAI-compatible server; used when its address is set.</summary>
    public OpenAiLimits OpenAi { get; set; } = new();

    /// <summary>Price of a second of a container, in atto-AIT.</summary>
    public ulong ContainerPricePerSecond { get; set; } = 100_000_000_000_000;

    /// <summary>Containers; sold when images are named.</summary>
    public ContainerLimits Container { get; set; } = new();

    /// <summary>Whether Ollama is looked for at start.</summary>
    public bool OllamaEnabled { get; set; } = true;

    public GpuLimits Gpu { get; set; } = new();

    /// <summary>Terms of answers that are paid by the call.</summary>
    public PaymentLimits Payments { get; set; } = new();

    /// <summary>Models that are sold by the call; empty = all that the servers have.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> SoldModels { get; } = [];

    /// <summary>Price of a token of the prompt by the call, in atto-AIT; null = as one of the output.</summary>
    public ulong? PromptPricePerToken { get; set; }

    /// <summary>Prices by the name of the model; others cost what their engine does, for both kinds of token.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IDictionary<string, ModelPrice> ModelPrices { get; } =
        new Dictionary<string, ModelPrice>(StringComparer.Ordinal);

    /// <summary>A range in which prices by the call follow what is asked; null = they stay as they are set.</summary>
    public PriceAutoLimits? PriceAuto { get; set; }

    /// <summary>Tokens that are given for nothing; null = none.</summary>
    public FreeAllowanceLimits? FreeAllowance { get; set; }

    /// <summary>How often all open jobs are compared with the chain.</summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long outputs and records of closed jobs are kept, and inputs that no open job needs after their last use.
    /// </summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most MiB of inputs that no open job needs (1 to 2^20); the longest unused go first.</summary>
    public int MaxIdleInputMib { get; set; } = 4_096;

    /// <summary>Whether the root of each hour's receipts is published on the chain.</summary>
    public bool PublishReceiptRoots { get; set; } = true;

    /// <summary>How long proofs for receipts can be asked for.</summary>
    public TimeSpan ReceiptRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long it is kept what was earned, by the day.</summary>
    public TimeSpan EarningsRetention { get; set; } = TimeSpan.FromDays(800);

    /// <summary>Time between the longest execution and the expiry of a payment, for its submission.</summary>
    public TimeSpan SubmissionMargin { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Throws <see cref="ArgumentException"/> naming the first value that cannot work.</summary>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "a folder");
        Require(!string.IsNullOrWhiteSpace(WalletTokenFile), nameof(WalletTokenFile), "a file");
        Require(Slots is >= 1 and <= 1024, nameof(Slots), "1 to 1024");
        Require(Queue is >= 0 and <= 4096, nameof(Queue), "0 to 4096");
        Require(Wasm.MaxFuel > 0, nameof(Wasm.MaxFuel), "more than 0");
        Require(Wasm.MaxMemoryMib is >= 1 and <= 4096, nameof(Wasm.MaxMemoryMib), "1 to 4096");
        Require(Wasm.MaxWallMs > 0, nameof(Wasm.MaxWallMs), "more than 0");
        Require(Wasm.MaxOutputBytes is > 0 and <= 8 << 20, nameof(Wasm.MaxOutputBytes), "at most 8 MiB, as a blob");
        Require(Wasm.CachedModules >= 1, nameof(Wasm.CachedModules), "at least 1");
        Require(Ollama.ContextTokens is >= 128 and <= 1 << 24, nameof(Ollama.ContextTokens), "128 to 2^24");
        Require(
            OpenAi.Url is null || (OpenAi.Url.IsAbsoluteUri && OpenAi.Url.Scheme is "http" or "https"),
            nameof(OpenAi.Url), "an http or https address");
        if (Payments.Problem() is { } payments)
            throw new ArgumentException(payments, nameof(Payments));
        Require(
            OllamaPricePerToken > 0 && OpenAiPricePerToken > 0 && PromptPricePerToken != 0
                && ModelPrices.Values.All(p => p is { Prompt: > 0, Output: > 0 }),
            nameof(ModelPrices), "at least 1 atto-AIT a token");
        if (PriceAuto?.Problem() is { } prices)
            throw new ArgumentException(prices, nameof(PriceAuto));
        if (FreeAllowance?.Problem() is { } free)
            throw new ArgumentException(free, nameof(FreeAllowance));
        if (Gpu.Problem() is { } challenges)
            throw new ArgumentException(challenges, nameof(Gpu));
        if (Js.Problem() is { } scripts)
            throw new ArgumentException(scripts, nameof(Js));
        if (Container.Problem() is { } containers)
            throw new ArgumentException(containers, nameof(Container));
        foreach (ModelLimits limits in new ModelLimits[] { Ollama, OpenAi })
        {
            if (limits.Problem() is { } problem)
                throw new ArgumentException(problem, limits.GetType().Name);
        }

        RequireHours();
        RequireLevels();
        Require(ReconcileInterval > TimeSpan.Zero, nameof(ReconcileInterval), "more than 0");
        Require(Retention > TimeSpan.Zero, nameof(Retention), "more than 0");
        Require(MaxIdleInputMib is >= 1 and <= 1 << 20, nameof(MaxIdleInputMib), "1 to 2^20");
        Require(ReceiptRetention >= TimeSpan.FromDays(1), nameof(ReceiptRetention), "at least a day");
        Require(EarningsRetention >= TimeSpan.FromDays(1), nameof(EarningsRetention), "at least a day");
        Require(SubmissionMargin > TimeSpan.Zero, nameof(SubmissionMargin), "more than 0");
    }

    private void RequireHours()
    {
        try
        {
            _ = new OpeningHours(Hours, HoursTimeZone, TimeProvider.System);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(Hours), e);
        }
    }

    private void RequireLevels()
    {
        try
        {
            _ = new LevelPromises(Levels);
        }
        catch (FormatException e)
        {
            throw new ArgumentException(e.Message, nameof(Levels), e);
        }
    }

    private static void Require(bool holds, string name, string wanted)
    {
        if (!holds)
            throw new ArgumentException($"{name} must be {wanted}.", name);
    }
}
