namespace Aitbc.Provider.Engines.Ollama;

/// <summary>The forms that OLLAMA_HOST may take: a host, a port, both, or a URL.</summary>
internal static class OllamaAddress
{
    public const int DefaultPort = 11434;

    public static Uri Resolve(string? configured) =>
        Parse(configured ?? Environment.GetEnvironmentVariable("OLLAMA_HOST"));

    public static Uri Parse(string? text)
    {
        text = text?.Trim() ?? "";
        if (text.Length == 0)
            text = "127.0.0.1";
        if (text[0] == ':')
            text = "127.0.0.1" + text;
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
            throw new FormatException($"\"{text}\" is no address of an Ollama server.");
        var builder = new UriBuilder(uri);
        // An address to listen on everywhere is reached through loopback.
        if (builder.Host is "0.0.0.0" or "[::]")
            builder.Host = "127.0.0.1";
        // Uri cannot tell "no port" from the default port of its scheme, and without a scheme Ollama means its own
        // port.
        if (!hasScheme && uri.IsDefaultPort && !text.EndsWith(":80", StringComparison.Ordinal))
            builder.Port = DefaultPort;
        return builder.Uri;
    }
}
