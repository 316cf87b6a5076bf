using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>A ledger in memory with a few funded keys, one transaction or more a block.</summary>
internal sealed class Devnet
{
    public const ulong ChainId = 7777;
    public static readonly Address Miner = Address.Parse("0x000000000000000000000000000000000000c0de");

    public Devnet(ulong platformBp = 0, ulong evaluatorBp = 0, int keys = 4, int validators = 0)
    {
        Keys = [.. Enumerable.Range(1, keys).Select(i => PrivateKey.FromBytes([.. new byte[31], (byte)i]))];
        var genesis = new GenesisConfig
        {
            ChainId = ChainId,
            TimeMs = 1_800_000_000_000,
            Alloc = Keys.ToDictionary(k => k.Address, _ => Amount.FromAit(100).Atto),
            PlatformFeeBp = platformBp,
            EvaluatorFeeBp = evaluatorBp,
            Treasury = Address.Parse("0x00000000000000000000000000000000000000fe"),
            Validators = [.. Enumerable.Range(0, validators).Select(i =>
                new GenesisValidator(At(i), ValidatorKeys.Public(i), Hash256.Zero))],
        }.Build();
        Store.Apply(genesis.StateDiff);
        Head = genesis.Block.Header;
        Seconds = Head.Timestamp;
        Genesis = Head.Hash();
    }

    public Hash256 Genesis { get; }

    public PrivateKey[] Keys { get; }

    public MemoryStateStore Store { get; } = new();

    public BlockHeader Head { get; private set; }

    public ulong Seconds { get; set; }

    public BlockContext Next => new(
        ChainId, Head.Number + 1, Seconds * 1000, Miner, Head.GasLimit, BaseFee.After(Head), default)
    {
        ParentHash = Head.Hash(),
    };

    public Address At(int key) => Keys[key].Address;

    public UInt256 BalanceOf(Address address) => Store.GetAccount(address)?.Balance ?? default;

    public Transaction Sign(int key, Address to, UInt256 value, byte[]? data = null, ulong? nonce = null) =>
        new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonce ?? Store.GetAccount(At(key))?.Nonce ?? 0,
            MaxFeePerGas = 10_000_000_000,
            MaxPriorityFeePerGas = 1_000_000_000,
            GasLimit = 2_000_000,
            To = to,
            Value = value,
            Data = data ?? [],
        }.Sign(Keys[key]);

    public BlockResult Mine(params Transaction[] transactions)
    {
        var result = BlockExecutor.Execute(Head, Store, transactions, Next);
        var again = BlockExecutor.Execute(Head, Store, transactions, Next);
        Assert.Equal(result.Block.Header.Hash(), again.Block.Header.Hash());
        Store.Apply(result.StateDiff);
        Head = result.Block.Header;
        Assert.Equal(Supply.Read(Store).Total, Sum());
        return result;
    }

    /// <summary>Changes the state as no transaction does; the next block is made on it.</summary>
    public void Change(Action<WorldState> change)
    {
        var world = new WorldState(Store);
        change(world);
        var diff = world.Commit();
        Store.Apply(diff);
        Head = Head with { StateRoot = diff.StateRoot };
    }

    public Receipt Escrow(int key, AbiFunction function, UInt256 value, params object?[] args) =>
        Assert.Single(Mine(Sign(key, SystemContracts.JobEscrow, value, function.EncodeCall(args))).Receipts);

    public CallResult Call(int key, Address to, byte[] data, UInt256 value = default) =>
        BlockExecutor.Call(Store, At(key), to, value, data, 30_000_000, Next);

    private UInt256 Sum() => Store.Accounts.Values.Aggregate(UInt256.Zero, (sum, a) => sum + a.Balance);
}
