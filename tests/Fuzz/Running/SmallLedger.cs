using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Running;

/// <summary>A ledger in memory with one rich account and one validator.</summary>
internal sealed class SmallLedger
{
    public const ulong ChainId = 7777;

    public SmallLedger()
    {
        var rich = TestAccounts.Key(0).Address;
        var genesis = new GenesisConfig
        {
            ChainId = ChainId,
            TimeMs = 1_800_000_000_000,
            Alloc = new Dictionary<Address, UInt256> { [rich] = Amount.FromAit(1_000_000).Atto },
            Validators = [new GenesisValidator(rich, Keccak256.Hash("key"u8), default)],
        }.Build();
        Store.Apply(genesis.StateDiff);
        Genesis = genesis.Block;
        Head = Genesis.Header;
    }

    public Block Genesis { get; }

    public BlockHeader Head { get; private set; }

    public MemoryStateStore Store { get; } = new();

    /// <summary>One block, a second later.</summary>
    public BlockResult Add(params Transaction[] transactions)
    {
        var context = new BlockContext(
            ChainId, Head.Number + 1, (Head.Timestamp + 1) * 1000, SystemContracts.JobEscrow, Head.GasLimit,
            BaseFee.After(Head), default);
        var result = BlockExecutor.Execute(Head, Store, transactions, context);
        Store.Apply(result.StateDiff);
        Head = result.Block.Header;
        return result;
    }
}
