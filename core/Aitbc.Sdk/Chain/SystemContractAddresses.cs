using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Addresses of the native system contracts (specs/contracts), the same on every AITBC network.</summary>
public static class SystemContractAddresses
{
    /// <summary>The ERC-20 facade of the native coin AIT.</summary>
    public static Address Token { get; } = Address.Parse("0x0000000000000000000000000000000000001001");

    /// <summary>The job escrow, an ERC-8183 profile.</summary>
    public static Address JobEscrow { get; } = Address.Parse("0x0000000000000000000000000000000000001002");
}
