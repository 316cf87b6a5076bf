using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Blocks;

/// <summary>A block: its header, what consensus added and its transactions.</summary>
/// <param name="Header">The header.</param>
/// <param name="Consensus">What <see cref="BlockHeader.ExtraData"/> is the hash of.</param>
/// <param name="Transactions">In the order they were executed.</param>
public sealed record Block(BlockHeader Header, ConsensusFields Consensus, IReadOnlyList<Transaction> Transactions)
{
    /// <summary>RLP [header, consensus fields, [transactions as byte strings]].</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter(1024 + (Transactions.Count * 128));
        var list = writer.StartList();
        Header.Write(writer);
        Consensus.Write(writer);
        var transactions = writer.StartList();
        foreach (var transaction in Transactions)
            writer.Write(transaction.Encode().Span);
        writer.EndList(transactions);
        writer.EndList(list);
        return writer.ToArray();
    }

    /// <summary>Reads a block; what the header commits to is not checked here.</summary>
    /// <exception cref="RlpException">Not a block.</exception>
    public static Block Decode(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var header = BlockHeader.Read(ref fields);
        var consensus = ConsensusFields.Read(ref fields);
        var list = fields.ReadList();
        fields.EnsureEnd();
        var transactions = new List<Transaction>();
        while (!list.IsEnd)
        {
            if (!TransactionCodec.TryDecode(list.ReadBytes(), out var transaction, out _))
                throw new RlpException(RlpError.WrongKind);
            transactions.Add(transaction);
        }

        return new Block(header, consensus, transactions);
    }

    /// <summary>Reads the header only, for who looks through many blocks.</summary>
    /// <exception cref="RlpException">Not a block.</exception>
    public static BlockHeader DecodeHeader(ReadOnlySpan<byte> bytes)
    {
        var fields = new RlpReader(bytes).ReadList();
        return BlockHeader.Read(ref fields);
    }

    /// <summary>Root of a list as blocks commit to it: a trie of RLP(index) to bytes.</summary>
    public static Hash256 RootOf(IEnumerable<ReadOnlyMemory<byte>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var trie = MerkleTrie.InMemory();
        var index = 0UL;
        var writer = new RlpWriter(16);
        foreach (var item in items)
        {
            writer.Clear();
            writer.Write(index++);
            trie.Set(writer.Written, item);
        }

        return trie.Commit([]);
    }
}
