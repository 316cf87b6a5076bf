using System.Text.Json;

namespace Aitbc.Cli.Serve;

/// <summary>Which models an Ollama on this machine, or another server, has.</summary>
internal sealed class ModelFinder(Uri ollama, Uri? openAi) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly HttpClient http = new() { Timeout = Patience };

    /// <summary>The models; null if nothing answers.</summary>
    public Task<IReadOnlyList<string>?> OllamaAsync(CancellationToken cancel) =>
        NamesAsync(new Uri(ollama, "/api/tags"), "models", "name", cancel);

    /// <summary>The models; null if nothing answers, or no such server was named.</summary>
    public Task<IReadOnlyList<string>?> OpenAiAsync(CancellationToken cancel) => openAi is null
        ? Task.FromResult<IReadOnlyList<string>?>(null)
        : NamesAsync(new Uri(openAi.AbsoluteUri.TrimEnd('/') + "/models"), "data", "id", cancel);

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<string>?> NamesAsync(
        Uri address, string list, string name, CancellationToken cancel)
    {
        try
        {
            using var answer = JsonDocument.Parse(await http.GetByteArrayAsync(address, cancel));
            return [.. answer.RootElement.GetProperty(list).EnumerateArray()
                .Select(m => m.GetProperty(name).GetString()).OfType<string>()];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException
            or InvalidOperationException
            || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
