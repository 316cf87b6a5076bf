using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>The EIP-712 domain of everything that is signed on the market.</summary>
public static class MarketDomain
{
    /// <summary>Name "AITBC", version "1", the chain, and the escrow as verifying contract.</summary>
    public static Eip712Domain Of(ulong chainId, Address escrow) => new()
    {
        Name = "AITBC",
        Version = "1",
        ChainId = chainId,
        VerifyingContract = escrow,
    };
}
