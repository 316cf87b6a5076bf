using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>The server as an engine of the market.</summary>
internal sealed class OllamaEngine(OllamaLimits limits, UnitPrice price, OllamaServer server)
    : ModelEngine(EngineNames.Ollama, limits, price, server)
{
    protected override ChatSpec? Part(JobSpec spec) => spec.Ollama;
}
