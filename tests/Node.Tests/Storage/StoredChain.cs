using Aitbc.Consensus;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Node;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Testing;

namespace Node.Tests.Storage;

/// <summary>A chain written straight into real RocksDB, block by block, without a node around it.</summary>
internal sealed class StoredChain : IDisposable
{
    public const ulong ChainId = 7777;
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000ff");
    private readonly byte[] seed = [.. Enumerable.Repeat((byte)7, 32)];
    private ulong nonce;

    public StoredChain(ulong history = 8_192, bool archive = false)
    {
        Options = new NodeOptions
        {
            DataDirectory = Folder,
            GenesisFile = "",
            Miner = Miner.ToString(),
            StateHistory = history,
            Archive = archive,
        };
        Store = Open();
        var genesis = new GenesisConfig
        {
            ChainId = ChainId,
            TimeMs = 1_790_000_000_000,
            Alloc = Enumerable.Range(0, 3).ToDictionary(
                i => TestAccounts.Key(i).Address, _ => Amount.FromAit(10_000).Atto),
        }.Build();
        Store.WriteGenesis(genesis, ChainId);
        Headers.Add(genesis.Block.Header);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("aitbc-store-").FullName;

    public NodeOptions Options { get; }

    public ChainStore Store { get; private set; }

    /// <summary>By height.</summary>
    public List<BlockHeader> Headers { get; } = [];

    public BlockHeader Head => Headers[^1];

    /// <summary>A block of transfers of the first account, one to each receiver; an empty one without.</summary>
    public BlockResult Add(params (Address To, ulong Value)[] transfers)
    {
        var transactions = transfers.Select(t => TestAccounts.Transfer(0, nonce++, t.To, t.Value)).ToArray();
        var context = new BlockContext(
            ChainId, Head.Number + 1, (Head.Timestamp + 1) * 1000, Miner, Head.GasLimit, BaseFee.After(Head), default);
        var result = BlockExecutor.Execute(Head, Store, transactions, context);
        if (result.Refused.Count > 0)
            throw new InvalidOperationException(result.Refused[0].Verdict.ToString());
        Headers.Add(result.Block.Header);
        Store.Write(result, CommitCertificate.Sign(seed, Subject()), Store.IncludedTotal + (ulong)transactions.Length);
        return result;
    }

    public static Address Receiver(int i) =>
        Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(i)).ToArray().AsSpan(12));

    public void Reopen()
    {
        Store.Dispose();
        Store = Open();
        Store.Publish(Store.Block(Store.Tip!.Value)!);
    }

    /// <summary>Closes the database for commands that want it for themselves; <see cref="Reopen"/> goes on.</summary>
    public void Close() => Store.Dispose();

    /// <summary>Goes on from an earlier block, as after a rollback.</summary>
    public void ReopenAt(ulong height)
    {
        Headers.RemoveRange((int)height + 1, Headers.Count - (int)height - 1);
        Reopen();
        nonce = Store.GetAccount(TestAccounts.Key(0).Address)!.Value.Nonce;
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private ChainStore Open() => new(Path.Combine(Folder, "chain"), Options);

    private CommitSubject Subject() => new(ChainId, Headers[0].Hash(), Head.Number, 0, Head.Hash());
}
