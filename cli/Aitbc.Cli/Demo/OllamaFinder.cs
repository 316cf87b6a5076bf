using System.Text.Json;
using Aitbc.Cli.Serve;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Demo;

/// <summary>Looks whether an Ollama answers where the provider looks for one.</summary>
internal sealed class OllamaFinder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly HttpClient http = new() { Timeout = Patience };

    /// <summary>The first model it has, or what is missing.</summary>
    public async Task<(string? Model, string Missing)> FindAsync(CancellationToken cancel)
    {
        var address = OllamaPlace.Find();
        try
        {
            using var answer = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri(address, "/api/tags"), cancel));
            var models = answer.RootElement.GetProperty("models").EnumerateArray().ToList();
            return models.Count > 0
                ? (models[0].GetProperty("name").GetString(), "")
                : (null, $"the Ollama at {address.Authority} has no model");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException
            or InvalidOperationException
            || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, $"no Ollama at {address.Authority}");
        }
    }

    public static JobSpec Spec(string model) => new()
    {
        Engine = JobSpec.OllamaEngine,
        Ollama = new OllamaSpec
        {
            Model = model,
            Messages = [new ChatMessage("user", "Name three rivers, nothing else.")],
            MaxOutputTokens = 64,
            Seed = 1,
        },
    };

    public void Dispose() => http.Dispose();
}
