using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Provider.Payments;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Selling;

/// <summary>A price that was asked before.</summary>
/// <param name="Output">Of a token of the output.</param>
/// <param name="FirmUntilMs">Until when an offer at this price is good, Unix time in milliseconds.</param>
internal sealed record PastPrice(ulong Output, long FirmUntilMs);

/// <summary>What a model costs now and what it cost before, the latest first.</summary>
internal sealed record PricedModel(ulong Output, IReadOnlyList<PastPrice> Past);

/// <summary>
/// Prices that rise when a model had no place for somebody in the last window, and fall when nobody used it. They
/// outlive the process. Without <see cref="ProviderOptions.PriceAuto"/> they are those of the configuration.
/// </summary>
internal sealed class AutoPrices
{
    private const int MostModels = 256;
    private const int MostPast = 64;

    // After so many steps of a percent or more every price has reached its bound.
    private const int MostSteps = 8192;
    private readonly Lock gate = new();
    private readonly PriceAutoLimits? limits;
    private readonly TimeSpan keep;
    private readonly TimeProvider time;
    private readonly string file;
    private readonly Dictionary<string, PricedModel> models = [];
    private readonly HashSet<string> full = [];
    private readonly HashSet<string> used = [];
    private DateTimeOffset windowEnds;

    public AutoPrices(ProviderOptions options, TimeProvider time)
    {
        (limits, keep, this.time) = (options.PriceAuto, options.Payments.KeepAnswers, time);
        file = Path.Combine(options.DataDirectory, "prices.json");
        if (limits is null)
            return;
        windowEnds = time.GetUtcNow() + limits.Window;
        foreach (var (name, model) in Read())
            models[name] = model with { Output = Math.Clamp(model.Output, limits.Min, limits.Max) };
    }

    /// <summary>What a model costs now.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="set">What the owner has set: where it begins, and how the two prices stand to each other.</param>
    public ModelPrice Of(string model, ModelPrice set)
    {
        if (limits is null)
            return set;
        lock (gate)
        {
            Roll();
            return At(Find(model, set).Output, set);
        }
    }

    /// <summary>
    /// Prices at which a payment may still come, the latest first, and whether an offer at them is good.
    /// </summary>
    public IReadOnlyList<(ModelPrice Price, bool IsFirm)> Past(string model, ModelPrice set)
    {
        if (limits is null)
            return [];
        lock (gate)
        {
            Roll();
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return [.. Find(model, set).Past.Select(p => (At(p.Output, set), now <= p.FirmUntilMs))];
        }
    }

    /// <summary>Somebody found no place.</summary>
    public void Refused(string model) => Note(full, model);

    /// <summary>Somebody was served.</summary>
    public void Used(string model) => Note(used, model);

    private void Note(HashSet<string> what, string model)
    {
        if (limits is null)
            return;
        lock (gate)
        {
            Roll();
            if (what.Count < MostModels)
                what.Add(model);
        }
    }

    private PricedModel Find(string model, ModelPrice set)
    {
        if (models.TryGetValue(model, out var found))
            return found;
        found = new PricedModel(Math.Clamp(set.Output, limits!.Min, limits.Max), []);
        if (models.Count < MostModels)
            models[model] = found;
        return found;
    }

    // The price of the prompt stands to that of the output as the owner has set them, rounded up.
    private static ModelPrice At(ulong output, ModelPrice set)
    {
        var prompt = (((UInt128)set.Prompt * output) + set.Output - 1) / set.Output;
        return new ModelPrice { Prompt = prompt > ulong.MaxValue ? ulong.MaxValue : (ulong)prompt, Output = output };
    }

    // Windows end when somebody looks: nobody saw a price in between.
    private void Roll()
    {
        var now = time.GetUtcNow();
        if (now < windowEnds)
            return;
        var hasChanged = false;
        foreach (var (name, model) in models.ToList())
        {
            var next = Step(name, model, now);
            hasChanged |= next.Output != model.Output;
            models[name] = next;
        }

        full.Clear();
        used.Clear();
        windowEnds += limits!.Window * (1 + ((now - windowEnds).Ticks / limits.Window.Ticks));
        if (hasChanged)
            Write();
    }

    private PricedModel Step(string name, PricedModel model, DateTimeOffset now)
    {
        var price = model.Output;
        DateTimeOffset? changed = null;
        var end = windowEnds;
        for (var i = 0; i < MostSteps && end <= now; i++, end += limits!.Window)
        {
            var isFirst = i == 0;
            var before = price;
            if (isFirst && full.Contains(name))
                price = Raised(price);
            else if (!isFirst || !used.Contains(name))
                price = Lowered(price);
            if (price != before)
                changed ??= end;
            else if (!isFirst)
                break;
        }

        if (changed is not { } at || price == model.Output)
            return model;
        var firm = at.AddSeconds(PaymentOffers.TimeoutSeconds).ToUnixTimeMilliseconds();
        var forgotten = (now - keep).ToUnixTimeMilliseconds();
        return new PricedModel(
            price,
            [
                .. model.Past.Prepend(new PastPrice(model.Output, firm))
                    .Where(p => p.FirmUntilMs >= forgotten && p.Output != price).DistinctBy(p => p.Output)
                    .Take(MostPast),
            ]);
    }

    private ulong Raised(ulong price) =>
        (ulong)UInt128.Min((UInt128)price + By(price), limits!.Max);

    private ulong Lowered(ulong price) =>
        price <= limits!.Min ? limits.Min : Math.Max(limits.Min, price - By(price));

    private ulong By(ulong price) => (ulong)UInt128.Max(1, (UInt128)price * (uint)limits!.StepPercent / 100);

    private Dictionary<string, PricedModel> Read()
    {
        try
        {
            return File.Exists(file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(file), PriceJson.Default.DictionaryStringPricedModel)!
                : [];
        }
        catch (JsonException)
        {
            // Prices begin again where the owner has set them.
            return [];
        }
    }

    private void Write()
    {
        try
        {
            DurableFile.Replace(
                file, JsonSerializer.SerializeToUtf8Bytes(models, PriceJson.Default.DictionaryStringPricedModel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are in memory; the next change writes all of them.
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Dictionary<string, PricedModel>))]
internal sealed partial class PriceJson : JsonSerializerContext;
