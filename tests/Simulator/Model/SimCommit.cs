using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Simulator.Model;

/// <summary>A decided block with its certificate and its state, as one durable batch.</summary>
internal sealed record SimCommit(SimBlock Block, VoteCertificate Certificate, SimState After);
