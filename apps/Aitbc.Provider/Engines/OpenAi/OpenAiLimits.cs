using System.Text.Json.Serialization;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>Where the OpenAI-compatible server is and what this provider lets a job ask of it.</summary>
public sealed class OpenAiLimits : ModelLimits
{
    /// <summary>Base address, such as http://127.0.0.1:8080/v1; null = there is none.</summary>
    public Uri? Url { get; set; }

    /// <summary>File with the key that the server wants; null = it wants none.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The models that are sold; empty = all that the server lists.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> Models { get; } = [];
}
