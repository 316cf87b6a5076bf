using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Access;

/// <summary>
/// Whose address a request came from, for limits. Of IPv6 it is the network of 64 bits, since whoever has one address
/// has all of them. A balancer that the operator names is believed about who is behind it; nobody else is.
/// </summary>
internal sealed class Remotes(CoordinatorOptions options)
{
    private const string Forwarded = "X-Forwarded-For";
    private const int NetworkBytes = 8;
    private readonly IPNetwork[] proxies = ParseProxies(options.TrustedProxies) ?? [];

    /// <summary>Networks in CIDR or addresses, with commas; null if one is none.</summary>
    public static IPNetwork[]? ParseProxies(string? text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in (text ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPNetwork.TryParse(part, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(part, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                return null;
        }

        return [.. networks];
    }

    public string Of(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address)
            return "local";
        var nearest = Plain(address);
        // The last entry is the balancer's own; those before it are whatever the client wrote.
        if (proxies.Any(p => p.Contains(nearest))
            && http.Request.Headers[Forwarded].ToString().Split(',', StringSplitOptions.TrimEntries) is [.., var last]
            && IPAddress.TryParse(last, out var behind))
        {
            nearest = Plain(behind);
        }

        return nearest.AddressFamily == AddressFamily.InterNetwork
            ? nearest.ToString()
            : Convert.ToHexString(nearest.GetAddressBytes().AsSpan(0, NetworkBytes));
    }

    private static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
