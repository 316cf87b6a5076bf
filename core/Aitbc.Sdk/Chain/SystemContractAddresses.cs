using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Addresses of the native system contracts (specs/contracts), the same on every AITBC network.</summary>
public static class SystemContractAddresses
{
    /// <summary>Roots of providers' receipts (specs/contracts/receipt-roots.md).</summary>
    public static Address ReceiptRoots { get; } = Address.Parse("0x0000000000000000000000000000000000001004");

    /// <summary>Bonds of providers (specs/contracts/bonds.md).</summary>
    public static Address Bonds { get; } = Address.Parse("0x0000000000000000000000000000000000001003");

    /// <summary>The ERC-20 facade of the native coin AIT.</summary>
    public static Address Token { get; } = Address.Parse("0x0000000000000000000000000000000000001001");

    /// <summary>The job escrow, an ERC-8183 profile.</summary>
    public static Address JobEscrow { get; } = Address.Parse("0x0000000000000000000000000000000000001002");

    /// <summary>The hook of the job escrow that settles disputes by re-execution.</summary>
    public static Address ReexecutionHook { get; } = Address.Parse("0x0000000000000000000000000000000000008183");

    /// <summary>The ERC-8004 identity registry, where Ethereum's networks have it.</summary>
    public static Address AgentIdentity { get; } = Address.Parse("0x8004A169FB4a3325136EB29fA0ceB6D2e539a432");

    /// <summary>The ERC-8004 reputation registry, where Ethereum's networks have it.</summary>
    public static Address AgentReputation { get; } = Address.Parse("0x8004BAa17C55a88189AE136b182e5fdA19dE9b63");

    /// <summary>Multicall3, at the address that clients expect on every chain.</summary>
    public static Address Multicall3 { get; } = Address.Parse("0xcA11bde05977b3631167028862bE2a173976CA11");

    /// <summary>The hashes of the last 8191 blocks (EIP-2935).</summary>
    public static Address BlockHashHistory { get; } = Address.Parse("0x0000F90827F1C53a10cb7A02335B175320002935");

    /// <summary>The payment channels of x402 (batch settlement), at the address that clients hard-code.</summary>
    public static Address BatchSettlement { get; } = Address.Parse("0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003");

    /// <summary>The collector of deposits by ERC-3009, at the address that clients hard-code.</summary>
    public static Address DepositCollector { get; } = Address.Parse("0x4020806089470a89826cB9fB1f4059150b550004");
}
