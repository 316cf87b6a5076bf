using System.Net;
using Aitbc.Node.Network.Links.Dialling;

namespace Aitbc.Node.Network.Links;

/// <summary>What the operator says of direct links.</summary>
internal sealed record LinkOptions
{
    /// <summary>Port of peers if nothing else is said.</summary>
    public const int StandardPort = 8005;

    /// <summary>Where to listen; null = nobody can call this node.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Peers that are dialled for ever.</summary>
    public IReadOnlyList<PeerAddress> Peers { get; init; } = [];

    /// <summary>The bounds.</summary>
    public LinkLimits Limits { get; init; } = new();
}
