using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Genesis;

/// <summary>What a chain begins with. The same configuration gives the same genesis hash everywhere.</summary>
public sealed record GenesisConfig
{
    /// <summary>EIP-155 chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Unix milliseconds of block 0.</summary>
    public required ulong TimeMs { get; init; }

    /// <summary>Gas of a block.</summary>
    public ulong GasLimit { get; init; } = 300_000_000;

    /// <summary>Base fee of block 0, in atto-AIT per gas.</summary>
    public UInt256 BaseFee { get; init; } = Execution.BaseFee.Initial;

    /// <summary>Hash of the set that decides block 0: zero, since nobody does.</summary>
    public Hash256 ValidatorsHash { get; init; }

    /// <summary>The first validator set: at most 256 that differ in operator and key. Empty = none.</summary>
    public IReadOnlyList<GenesisValidator> Validators { get; init; } = [];

    /// <summary>First balances in atto-AIT.</summary>
    public required IReadOnlyDictionary<Address, UInt256> Alloc { get; init; }

    /// <summary>Platform fee of the escrow in basis points, 0 to 10,000.</summary>
    public ulong PlatformFeeBp { get; init; }

    /// <summary>Evaluator fee of the escrow in basis points; both together at most 10,000.</summary>
    public ulong EvaluatorFeeBp { get; init; }

    /// <summary>Receives the platform fee; must not be zero if there is one.</summary>
    public Address Treasury { get; init; }

    /// <summary>Block 0 and the state to store with it.</summary>
    /// <exception cref="ArgumentException">
    /// The fees are out of range or have no receiver, or the validators are too many or not distinct.
    /// </exception>
    public BlockResult Build()
    {
        const ulong all = 10_000;
        if (PlatformFeeBp > all || EvaluatorFeeBp > all - PlatformFeeBp || (PlatformFeeBp > 0 && Treasury.IsZero))
            throw new ArgumentException("The escrow fees exceed 10,000 basis points or have no treasury.");
        var world = new WorldState(new MemoryStateStore());
        UInt256 total = default;
        foreach (var (address, balance) in Alloc)
        {
            world.AddBalance(address, balance);
            total += balance;
        }

        foreach (var address in SystemContracts.Accounts)
            world.SetCodeHash(address, Keccak256.Hash(SystemContracts.CodeOf(address).Span));
        new Supply(total, default, default).Write(world);
        var escrow = SystemContracts.JobEscrow;
        world.SetStorage(new StorageKey(escrow, EscrowStorage.PlatformFeeSlot), PlatformFeeBp);
        world.SetStorage(new StorageKey(escrow, EscrowStorage.EvaluatorFeeSlot), EvaluatorFeeBp);
        world.SetStorage(new StorageKey(escrow, EscrowStorage.TreasurySlot), SolidityLayout.ToWord(Treasury));
        RegistryGenesis.Write(world, Validators);
        var diff = world.Commit();
        var consensus = Validators.Count == 0
            ? new ConsensusFields(ConsensusFields.SoloVersion, TimeMs, ValidatorsHash)
            : new ConsensusFields(ConsensusFields.SetVersion, TimeMs, ValidatorsHash)
            {
                NextValidatorsHash = RegisteredSet.HashOf(RegisteredSet.Next(world)),
            };
        var header = new BlockHeader
        {
            ParentHash = default,
            Miner = default,
            StateRoot = diff.StateRoot,
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            LogsBloom = new byte[Bloom.Length],
            Number = 0,
            GasLimit = GasLimit,
            GasUsed = 0,
            Timestamp = TimeMs / 1000,
            ExtraData = consensus.Hash(),
            BaseFeePerGas = BaseFee,
        };
        return new BlockResult(new Block(header, consensus, []), [], diff, []);
    }
}
