using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>Where everything of a network listens.</summary>
/// <param name="Urls">By role; the node's is that of the first validator.</param>
/// <param name="Nodes">The validators, the first one first; empty without the node role.</param>
/// <param name="RedisPort">Port of the embedded Redis server; null = there is none.</param>
internal sealed record NetworkPlan(
    IReadOnlyDictionary<string, Uri> Urls, IReadOnlyList<NodePlace> Nodes, int? RedisPort = null);

/// <summary>One validator's place.</summary>
/// <param name="Name">"node", then "node-2" and so on: its folder, configuration and log.</param>
/// <param name="Url">Its JSON-RPC.</param>
/// <param name="PeersPort">Port for the others; null if it is alone or they meet elsewhere.</param>
internal sealed record NodePlace(string Name, Uri Url, int? PeersPort)
{
    /// <summary>Address for the others.</summary>
    public string? Peers => PeersPort is { } port ? $"127.0.0.1:{port}" : null;

    public static string NameOf(int index) => index == 0 ? RoleTable.Node : $"{RoleTable.Node}-{index + 1}";
}
