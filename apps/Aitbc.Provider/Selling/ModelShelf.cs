using Aitbc.Provider.Engines.Models;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Provider.Selling;

/// <summary>A server of models and what it costs where the owner set no price for a model.</summary>
internal sealed record ModelSource(string Engine, IModelServer Server, ModelLimits Limits, ulong PricePerToken);

/// <summary>A model on sale.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">What its server says of it.</param>
/// <param name="Version">Of its server.</param>
/// <param name="Source">Its server.</param>
/// <param name="Set">The price that the owner has set.</param>
/// <param name="Prices">What follows what is asked.</param>
internal sealed record ShelfModel(
    string Name, ModelState State, string Version, ModelSource Source, ModelPrice Set, AutoPrices Prices) : ISaleWare
{
    /// <summary>What it costs now; looked up once, so that one answer has one price.</summary>
    public ModelPrice Price { get; private init; } = Set;

    public string Engine => Source.Engine;

    string ISaleWare.EngineVersion => Source.Engine;

    public string UnitKind => "token";

    public string Description => "Answers of models, paid by the token";

    public bool CanBeEnded => true;

    /// <summary>The same at the price of this moment.</summary>
    public ShelfModel Now() => this with { Price = Prices.Of(Name, Set) };

    public void Admit()
    {
        if (Source.Server.Slots.Busy(Name) is not { } retryAfter)
            return;
        Prices.Refused(Name);
        throw SaleRefusals.Busy($"All places of the model {Name} are taken.", retryAfter);
    }

    public void Use() => Prices.Used(Name);

    public IReadOnlyList<(Meter Meter, bool IsFirm)> Past(Meter meter) =>
        [.. Prices.Past(Name, Set).Select(p => ((Meter)((TokenMeter)meter).At(p.Price), p.IsFirm))];
}

/// <summary>
/// The models on sale, asked of their servers in the background so that no request waits for that. The first server
/// that has a model sells it.
/// </summary>
internal sealed class ModelShelf(
    IEnumerable<ModelSource> sources, AutoPrices prices, ProviderOptions options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    // A server that is busy may not say what it has; its models are sold on for so long.
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(30);
    private readonly List<ModelSource> _sources = [.. sources];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<ModelSource, (ModelList List, long At)> _said = [];
    private IReadOnlyList<ShelfModel> _models = [];
    private long? _askedAt;

    /// <summary>Calls of all models that wait for a slot.</summary>
    public int Waiting => _sources.Sum(s => s.Server.Slots.Waiting);

    /// <summary>All of them, as they were last seen.</summary>
    public async Task<IReadOnlyList<ShelfModel>> AllAsync(CancellationToken cancel)
    {
        if (_askedAt is null)
            await AskAsync(cancel);
        return [.. Volatile.Read(ref _models).Select(m => m.Now())];
    }

    /// <summary>A model by its name, with or without <c>:latest</c>; null if no server has it.</summary>
    public async Task<ShelfModel?> FindAsync(string name, CancellationToken cancel)
    {
        if (Known(name) is { } known)
            return known.Now();
        await AskAsync(cancel);
        return Known(name)?.Now();
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            await AskAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private ShelfModel? Known(string name)
    {
        var models = Volatile.Read(ref _models);
        return models.FirstOrDefault(m => m.Name == name) ?? models.FirstOrDefault(m => m.Name == name + ":latest");
    }

    // However many ask at once, the servers are asked once a second at most.
    private async Task AskAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (_askedAt is { } last && time.GetElapsedTime(last) < Fresh)
                return;
            var found = new List<ShelfModel>();
            foreach (var source in _sources)
            {
                if (await ListAsync(source, cancel) is { } list)
                    found.AddRange(list.Models.Where(m => IsSold(m.Name)).Select(m => new ShelfModel(
                        m.Name, m, list.Version, source, PriceOf(m.Name, source), prices)));
            }

            Volatile.Write(ref _models, [.. found.DistinctBy(m => m.Name)]);
            _askedAt = time.GetTimestamp();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ModelList?> ListAsync(ModelSource source, CancellationToken cancel)
    {
        if (await source.Server.ModelsAsync(cancel) is { } list)
        {
            _said[source] = (list, time.GetTimestamp());
            return list;
        }

        return _said.TryGetValue(source, out var said) && time.GetElapsedTime(said.At) < Trusted ? said.List : null;
    }

    private bool IsSold(string model) => options.SoldModels.Count == 0 || options.SoldModels.Any(
        sold => sold == model || sold + ":latest" == model);

    private ModelPrice PriceOf(string model, ModelSource source) =>
        options.ModelPrices.TryGetValue(model, out var price) ? price
            : new ModelPrice
            {
                Prompt = options.PromptPricePerToken ?? source.PricePerToken,
                Output = source.PricePerToken,
            };
}
