using Aitbc.Consensus;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
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
        OwnKey = Ed25519Keys.PublicKeyOf(seed);
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

    /// <summary>What signatures of validators are bound to.</summary>
    public ChainBinding Binding => new(Genesis.ChainId, GenesisHash);

    /// <summary>This node's Ed25519 key, 32 bytes; it need not be one of a validator.</summary>
    public ReadOnlyMemory<byte> OwnKey { get; }

    /// <summary>Its secret seed.</summary>
    public ReadOnlyMemory<byte> Seed => seed;

    /// <summary>The set that decides the next block; null on a chain whose genesis names none.</summary>
    public ValidatorSet? Validators { get; private set; }

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
        Forget(result.Refused);
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
        Advance(result, total);
    }

    /// <summary>Makes a block final that a quorum of the set has precommitted. The writer only.</summary>
    public void Commit(BlockResult result, VoteCertificate certificate)
    {
        var total = included + (ulong)result.Block.Transactions.Count;
        Store.Write(result, certificate, total);
        Validators = RegisteredValidators.Next(Store);
        Advance(result, total);
    }

    /// <summary>The set that decided, or will decide, a block up to the next; null on a chain without sets.</summary>
    public ValidatorSet? ValidatorsAt(ulong height)
    {
        using var view = Store.Latest();
        return RegisteredValidators.At(view, height);
    }

    /// <summary>
    /// Executes transactions on the newest state; nothing is stored. The writer only: it reads the tables themselves.
    /// </summary>
    /// <exception cref="InvalidDataException">The stored trie is damaged; says what mends it.</exception>
    public BlockResult Execute(IReadOnlyList<Transaction> transactions, BlockContext context)
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

    /// <summary>Forgets what a block refused for good; the others may stand in a later one.</summary>
    public void Forget(IReadOnlyList<RefusedTransaction> refused)
    {
        foreach (var one in refused.Where(IsHopeless))
            Pool.Drop(one.Transaction, one.Verdict.Describe());
    }

    public void Dispose() => Store.Dispose();

    private void Advance(BlockResult result, ulong total)
    {
        Volatile.Write(ref head, result.Block);
        Volatile.Write(ref included, total);
        Pool.Settle(result);
    }

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
            Validators = RegisteredValidators.Next(Store);
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
        Validators = RegisteredValidators.Next(Store);
        var tip = new SelfCheck(Store, data).Tip(IsCertified);
        Store.Publish(tip);
        return tip;
    }

    private bool IsCertified(BlockHeader header)
    {
        if (Validators is null)
            return Store.Certificate(header.Number)?.Proves(OwnKey.Span, Subject(header)) == true;
        return Store.Commit(header.Number) is { } commit
            && RegisteredValidators.At(Store, header.Number) is { } set
            && new CertificateVerifier(Binding, Ed25519Verifier.Instance)
                .VerifyCommit(commit, set, header.Number, header.Hash()) == CertificateError.None;
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
            Validators?.Hash ?? Keccak256.Hash(OwnKey.Span))
        {
            ParentHash = parent.Header.Hash(),
        };
    }

    private CommitSubject Subject(BlockHeader header) =>
        new(Genesis.ChainId, GenesisHash, header.Number, 0, header.Hash());
}
