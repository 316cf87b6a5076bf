using Aitbc.Ledger.Execution;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>All system contracts with the height from which they answer. Nothing else has code.</summary>
public static class SystemContracts
{
    /// <summary>The AIT coin as ERC-20.</summary>
    public static readonly Address AitToken = Address.Parse("0x0000000000000000000000000000000000001001");

    /// <summary>The job escrow.</summary>
    public static readonly Address JobEscrow = Address.Parse("0x0000000000000000000000000000000000001002");

    /// <summary>The provider bonds.</summary>
    public static readonly Address ProviderBonds = Address.Parse("0x0000000000000000000000000000000000001003");

    /// <summary>The receipt roots.</summary>
    public static readonly Address ReceiptRoots = Address.Parse("0x0000000000000000000000000000000000001004");

    /// <summary>The validator registry.</summary>
    public static readonly Address Validators = Address.Parse("0x0000000000000000000000000000000000001005");

    /// <summary>The hook of the job escrow that settles disputes by re-execution.</summary>
    public static readonly Address ReexecutionHook = Address.Parse("0x0000000000000000000000000000000000008183");

    /// <summary>ERC-8004 identity registry, at the address of Ethereum's networks.</summary>
    public static readonly Address AgentIdentity = Address.Parse("0x8004A169FB4a3325136EB29fA0ceB6D2e539a432");

    /// <summary>ERC-8004 reputation registry, at the address of Ethereum's networks.</summary>
    public static readonly Address AgentReputation = Address.Parse("0x8004BAa17C55a88189AE136b182e5fdA19dE9b63");

    /// <summary>Multicall3, where every chain has it.</summary>
    public static readonly Address Multicall3 = Address.Parse("0xcA11bde05977b3631167028862bE2a173976CA11");

    /// <summary>The hashes of the last 8191 blocks (EIP-2935).</summary>
    public static readonly Address BlockHashHistory = Address.Parse("0x0000F90827F1C53a10cb7A02335B175320002935");

    /// <summary>The payment channels of x402, where stock clients expect them.</summary>
    public static readonly Address BatchSettlement = Address.Parse("0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003");

    /// <summary>The collector of their deposits by ERC-3009, where stock clients expect it.</summary>
    public static readonly Address DepositCollector = Address.Parse("0x4020806089470a89826cB9fB1f4059150b550004");

    private static readonly (ISystemContract Contract, ulong FromHeight)[] All =
    [
        (new Token.AitTokenContract(), 0),
        (new Escrow.JobEscrowContract(), 0),
        (new Bonds.ProviderBondsContract(), 0),
        (new ReceiptRoots.ReceiptRootsContract(), 0),
        (new Validators.ValidatorRegistryContract(), 0),
        (new Reexecution.ReexecutionHookContract(), 0),
        (new Identity.IdentityRegistryContract(), 0),
        (new Reputation.ReputationRegistryContract(), 0),
        (new Multicall.MulticallContract(), 0),
        (new History.BlockHashContract(), 0),
        (new BatchSettlement.BatchSettlementContract(), 0),
        (new BatchSettlement.DepositCollectorContract(), 0),
    ];

    private static readonly Address[] WithCode = [Supply.Record, .. All.Select(c => c.Contract.Address)];

    /// <summary>
    /// The code of an account: 0xef00aa and the last byte of its address for a system account, else nothing.
    /// </summary>
    public static ReadOnlyMemory<byte> CodeOf(Address address) =>
        Array.IndexOf(WithCode, address) < 0 ? default : new byte[] { 0xef, 0x00, 0xaa, address.ToArray()[^1] };

    internal static IReadOnlyList<Address> Accounts => WithCode;

    /// <summary>Contracts that hold coins for others, with the slot that sums them up.</summary>
    internal static IReadOnlyList<(Address Contract, Hash256 HeldSlot)> Custodians { get; } =
    [
        .. All.Where(c => c.Contract.HeldSlot is not null)
            .Select(c => (c.Contract.Address, c.Contract.HeldSlot!.Value)),
    ];

    internal static ISystemContract? At(Address address, ulong height)
    {
        foreach (var (contract, from) in All)
        {
            if (contract.Address == address && height >= from)
                return contract;
        }

        return null;
    }
}
