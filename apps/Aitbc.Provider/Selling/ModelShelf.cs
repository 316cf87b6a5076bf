using Aitbc.Provider.Engines.Models;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Provider.Selling;

/// <summary>A server of models and what it costs where the owner set no price for a model.</summary>
internal sealed record ModelSource(string Engine, IModelServer Server, ModelLimits Limits, ulong PricePerToken);

/// <summary>A model on sale.</summary>
internal sealed record ShelfModel(string Name, ModelState State, string Version, ModelSource Source, ModelPrice Price);

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
        return [.. Volatile.Read(ref _models).Select(Priced)];
    }

    /// <summary>Prices at which a payment for a model may still come, and whether an offer at them is good.</summary>
    public IReadOnlyList<(ModelPrice Price, bool IsFirm)> PastPrices(ShelfModel model) =>
        prices.Past(model.Name, PriceOf(model.Name, model.Source));

    /// <summary>A model by its name, with or without <c>:latest</c>; null if no server has it.</summary>
    public async Task<ShelfModel?> FindAsync(string name, CancellationToken cancel)
    {
        if (Known(name) is { } known)
            return Priced(known);
        await AskAsync(cancel);
        return Known(name) is { } found ? Priced(found) : null;
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
                        m.Name, m, list.Version, source, PriceOf(m.Name, source))));
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

    private ShelfModel Priced(ShelfModel model) => model with { Price = prices.Of(model.Name, model.Price) };

    private ModelPrice PriceOf(string model, ModelSource source) =>
        options.ModelPrices.TryGetValue(model, out var price) ? price
            : new ModelPrice
            {
                Prompt = options.PromptPricePerToken ?? source.PricePerToken,
                Output = source.PricePerToken,
            };
}
