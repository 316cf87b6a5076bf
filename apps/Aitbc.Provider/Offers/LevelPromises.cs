using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Offers;

/// <summary>
/// What this provider promises for the work of each engine (specs/provider.md, "Service levels"). Without a line it
/// promises nothing.
/// </summary>
internal sealed class LevelPromises
{
    private readonly Dictionary<string, JobLevel> _ofEngine = new(StringComparer.Ordinal);
    private readonly JobLevel? _ofAll;

    /// <summary>Throws <see cref="FormatException"/> with what is wrong in a sentence.</summary>
    /// <param name="lines">Such as 60s:25% for all engines, or wasm=10s:50% for one, each once.</param>
    public LevelPromises(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var (engine, text) = line.Split('=') switch
            {
                [var all] => ("", all),
                [var one, var its] when one.Length > 0 => (one, its),
                _ => ("", ""),
            };
            if (!JobLevel.TryParse(text, out var level))
                throw new FormatException($"'{line}' is no level such as 60s:25% or wasm=10s:50%.");
            if (!_ofEngine.TryAdd(engine, level))
                throw new FormatException($"'{line}' is the second level of {(engine.Length > 0 ? engine : "all")}.");
        }

        _ofAll = _ofEngine.GetValueOrDefault("");
    }

    /// <summary>Null = nothing is promised.</summary>
    public JobLevel? Of(string engine) => _ofEngine.GetValueOrDefault(engine) ?? _ofAll;
}
