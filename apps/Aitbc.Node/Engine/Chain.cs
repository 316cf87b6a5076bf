using Aitbc.Consensus;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Pool;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Engine;

/// <summary>The chain of this node: opens and checks its data, and makes the next block out of the pool.</summary>
internal sealed class Chain : IDisposable
{
    private const int MostTransactions = 20_000;

    private readonly string data;
    private readonly byte[] seed;
    private readonly byte[] validator;
    private readonly Address miner;
    private readonly TimeProvider time;
    private Block head;
    private ulong included;

    public Chain(NodeOptions options, TimeProvider time)
    {
        this.time = time;
        data = options.DataDirectory;
        miner = Address.Parse(options.Miner);
        Genesis = GenesisReader.Read(options.GenesisFile);
        seed = ValidatorKey.ReadOrCreate(options.DataDirectory);
        validator = Ed25519Keys.PublicKeyOf(seed);
        Store = new ChainStore(Path.Combine(options.DataDirectory, "chain"), options);
        try
        {
            head = Open();
        }
        catch
        {
            Store.Dispose();
            throw;
        }

        Pool = new TransactionPool(Store, Genesis.ChainId, options, time);
    }

    public GenesisConfig Genesis { get; }

    public ChainStore Store { get; }

    public TransactionPool Pool { get; }

    public Hash256 GenesisHash { get; private set; }

    public Block Head => Volatile.Read(ref head);

    public ulong IncludedTotal => Volatile.Read(ref included);

    public UInt256 NextBaseFee => BaseFee.After(Head.Header);

    /// <summary>What the next block would be made with, for calls.</summary>
    public BlockContext NextContext() => After(Head);

    /// <summary>What a call on a state is executed with: on the newest the next block's, else its block's.</summary>
    public BlockContext ContextOf(StateView view)
    {
        if (view.IsLatest)
            return After(view.Block);
        var (header, consensus) = (view.Block.Header, view.Block.Consensus);
        return new BlockContext(
            Genesis.ChainId, header.Number, consensus.TimeMs, header.Miner, header.GasLimit, header.BaseFeePerGas,
            consensus.ValidatorsHash)
        {
            ParentHash = header.ParentHash,
        };
    }

    /// <summary>Reads the newest state: one block's, whatever becomes final meanwhile. Nobody waits for it.</summary>
    public T Read<T>(Func<StateView, BlockContext, T> read)
    {
        using var view = Store.Latest();
        return read(view, ContextOf(view));
    }

    /// <summary>The state after a block; whoever gets one disposes of it.</summary>
    public StateLookup StateAt(ulong height) => Store.At(height);

    /// <summary>
    /// Builds the next block out of the pool; null if there is nothing for it and an empty one is not wanted. Only the
    /// writer calls this: it reads the tables themselves.
    /// </summary>
    public BlockResult? Build(bool evenEmpty)
    {
        var context = NextContext();
        var transactions = Pool.Ready(context.BaseFee, context.GasLimit, MostTransactions);
        if (transactions.Count == 0 && !evenEmpty)
            return null;
        var result = Execute(transactions, context);
        foreach (var refused in result.Refused.Where(IsHopeless))
            Pool.Drop(refused.Transaction, refused.Verdict.Describe());
        return result.Block.Transactions.Count == 0 && !evenEmpty ? null : result;
    }

    /// <summary>
    /// Makes a built block final: durable with its certificate, then out of the pool. The writer only.
    /// </summary>
    public void Commit(BlockResult result)
    {
        var header = result.Block.Header;
        var certificate = CommitCertificate.Sign(seed, Subject(header));
        var total = included + (ulong)result.Block.Transactions.Count;
        Store.Write(result, certificate, total);
        Volatile.Write(ref head, result.Block);
        Volatile.Write(ref included, total);
        Pool.Settle(result);
    }

    public void Dispose() => Store.Dispose();

    // The trie is checked where it is read: no block is made on a damaged one.
    private BlockResult Execute(IReadOnlyList<Transaction> transactions, BlockContext context)
    {
        try
        {
            return BlockExecutor.Execute(Head.Header, Store, transactions, context);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(RepairAdvice.Trie(e.Message, data), e);
        }
    }

    // The others may stand in a later block.
    private static bool IsHopeless(RefusedTransaction refused) => refused.Verdict is not (
        TransactionVerdict.NonceTooHigh
        or TransactionVerdict.ExceedsBlockGasLimit
        or TransactionVerdict.FeeCapBelowBaseFee);

    private Block Open()
    {
        var genesis = Genesis.Build();
        GenesisHash = genesis.Block.Header.Hash();
        if (Store.Genesis is not { } stored)
        {
            Store.WriteGenesis(genesis, Genesis.ChainId);
            return genesis.Block;
        }

        if (stored != GenesisHash || Store.ChainId != Genesis.ChainId)
        {
            throw new NodeStartException(
                NodeStartException.OtherChain,
                $"The data is of chain {Store.ChainId} with genesis {stored}"
                + $", not {Genesis.ChainId} with {GenesisHash}.");
        }

        included = Store.IncludedTotal;
        var tip = new SelfCheck(Store, data).Tip(
            h => Store.Certificate(h.Number)?.Proves(validator, Subject(h)) == true);
        Store.Publish(tip);
        return tip;
    }

    private BlockContext After(Block parent)
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        return new BlockContext(
            Genesis.ChainId,
            parent.Header.Number + 1,
            Math.Max(now, parent.Consensus.TimeMs + 1),
            miner,
            parent.Header.GasLimit,
            BaseFee.After(parent.Header),
            Keccak256.Hash(validator))
        {
            ParentHash = parent.Header.Hash(),
        };
    }

    private CommitSubject Subject(BlockHeader header) =>
        new(Genesis.ChainId, GenesisHash, header.Number, 0, header.Hash());
}
