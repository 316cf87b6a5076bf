using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines;

/// <summary>The engines of this provider by name.</summary>
internal sealed class EngineCatalog(IEnumerable<IEngine> engines)
{
    private readonly Dictionary<string, IEngine> _byName = engines.ToDictionary(e => e.Name, StringComparer.Ordinal);

    public IEnumerable<IEngine> All => _byName.Values;

    public IEngine? Find(JobSpec spec) => _byName.GetValueOrDefault(spec.Engine);
}
