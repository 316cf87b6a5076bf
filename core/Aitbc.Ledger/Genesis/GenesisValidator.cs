using Aitbc.Primitives;

namespace Aitbc.Ledger.Genesis;

/// <summary>A validator of the first set.</summary>
/// <param name="Operator">Account that acts for it in the registry.</param>
/// <param name="ConsensusKey">Ed25519 public key, 32 bytes.</param>
/// <param name="TransportKeyHash">What its peers pin; zero if unknown.</param>
public sealed record GenesisValidator(Address Operator, Hash256 ConsensusKey, Hash256 TransportKeyHash);
