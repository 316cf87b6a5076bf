namespace Aitbc.Cli.Serve;

/// <summary>Where the provider looks for an Ollama: OLLAMA_HOST, otherwise this machine.</summary>
internal static class OllamaPlace
{
    private const int DefaultPort = 11434;

    public static Uri Find()
    {
        var set = Environment.GetEnvironmentVariable("OLLAMA_HOST");
        if (string.IsNullOrWhiteSpace(set))
            return new Uri($"http://127.0.0.1:{DefaultPort}");
        var isAddress = set.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isAddress ? set : $"http://{set}", UriKind.Absolute, out var url))
            return new Uri($"http://127.0.0.1:{DefaultPort}");
        var port = isAddress || !url.IsDefaultPort ? url.Port : DefaultPort;
        return new UriBuilder(url.Scheme, url.Host == "0.0.0.0" ? "127.0.0.1" : url.Host, port).Uri;
    }
}
