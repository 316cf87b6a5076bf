using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>Where a peer listens: <c>host:port</c>, or <c>host:port#keyhash</c> if only that peer will do.</summary>
internal sealed record PeerAddress(string Host, int Port, PeerId? Pin)
{
    private const int LongestHost = 253;

    public static PeerAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException($"A peer is host:port or host:port#keyhash, not '{text}'.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out PeerAddress? address)
    {
        address = null;
        if (text is null)
            return false;
        PeerId? pin = null;
        var place = text;
        if (text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var hash)
        {
            if (!Hash256.TryParse(text[(hash + 1)..], out var pinned))
                return false;
            pin = new PeerId(pinned);
            place = text[..hash];
        }

        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(place[(colon + 1)..], CultureInfo.InvariantCulture, out var port)
            || port == 0)
            return false;
        var host = place[..colon].TrimStart('[').TrimEnd(']');
        if (host.Length is 0 or > LongestHost || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return false;
        address = new PeerAddress(host, port, pin);
        return true;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? $"[{Host}]:{Port}"
        : $"{Host}:{Port}";
}
