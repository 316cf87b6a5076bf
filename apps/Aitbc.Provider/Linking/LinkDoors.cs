namespace Aitbc.Provider.Linking;

/// <summary>What a coordinator may ask over the link (specs/market/link.md).</summary>
internal static class LinkDoors
{
    private const int LongestPath = 512;

    /// <summary>Whether this method and path, query included, is one of them.</summary>
    public static bool IsOpen(string method, string path)
    {
        if (path.Length > LongestPath || path.Contains("..", StringComparison.Ordinal) || path.Contains('\\')
            || path.Contains("%2f", StringComparison.OrdinalIgnoreCase))
            return false;
        var end = path.IndexOf('?', StringComparison.Ordinal);
        return (method, end < 0 ? path : path[..end]) switch
        {
            ("GET" or "POST", "/v1/chat/completions" or "/v1/embeddings") => true,
            ("GET", "/v1/models" or "/v1/offers") => true,
            ("GET", var p) when p.StartsWith("/v1/models/", StringComparison.Ordinal) => true,
            ("GET" or "DELETE", var p) when IsAnswer(p, "/v1/streams/", "") => true,
            ("POST", var p) when IsAnswer(p, "/v1/streams/", "/voucher") => true,
            ("GET", var p) when IsAnswer(p, "/v1/receipts/", "") => true,
            _ => false,
        };
    }

    private static bool IsAnswer(string path, string before, string after) =>
        path.Length == before.Length + 32 + after.Length && path.StartsWith(before, StringComparison.Ordinal)
        && path.EndsWith(after, StringComparison.Ordinal)
        && path.Skip(before.Length).Take(32).All(char.IsAsciiHexDigitLower);
}
