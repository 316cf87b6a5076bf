using Aitbc.Primitives;

namespace Aitbc.Provider.Self;

/// <summary>Who this provider is and whom it works with.</summary>
internal sealed record ProviderIdentity(
    Address Address,
    ulong ChainId,
    Address EscrowContract,
    Address Token,
    IReadOnlySet<Address> Evaluators);
