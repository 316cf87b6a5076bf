using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>The server as an engine of the market.</summary>
internal sealed class OpenAiEngine(OpenAiLimits limits, UnitPrice price, OpenAiServer server)
    : ModelEngine(EngineNames.OpenAi, limits, price, server)
{
    protected override ChatSpec? Part(JobSpec spec) => spec.OpenAi;
}
