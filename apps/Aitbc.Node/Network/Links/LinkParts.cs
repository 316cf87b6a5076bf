using Aitbc.Node.Network.Links.Admission;

namespace Aitbc.Node.Network.Links;

/// <summary>What listening and dialling share.</summary>
internal sealed record LinkParts(
    PeerId Own, Handshake Handshake, PeerTable Table, Reputation Reputation, ValidatorRoll Roll, TimeProvider Time);
