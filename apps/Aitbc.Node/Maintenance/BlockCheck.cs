using System.Buffers.Binary;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>Holds the newest blocks against their own headers, the receipts and the indexes.</summary>
internal static class BlockCheck
{
    /// <summary>Checks so many blocks from the tip down, those that are kept; returns how many there were.</summary>
    public static ulong Run(
        ChainDatabase database, ulong tip, ulong blocks, ProblemList problems, CancellationToken cancel)
    {
        Block? child = null;
        var (read, lowest) = (0UL, database.WholeFrom);
        for (var height = tip; read < blocks && height >= lowest; height--)
        {
            cancel.ThrowIfCancellationRequested();
            read++;
            var block = TryRead(database, height);
            if (block is null || block.Header.Number != height)
                problems.Add(ProblemKind.Block, $"Block {height} is missing or cannot be read.");
            else
                Check(database, block, child, problems);
            child = block;
            if (height == 0)
                break;
        }

        return read;
    }

    /// <summary>A block, or null if it is missing or cannot be read.</summary>
    public static Block? TryRead(ChainDatabase database, ulong height)
    {
        try
        {
            return database.Get(database.Blocks, height) is { } bytes ? Block.Decode(bytes) : null;
        }
        catch (Exception e) when (e is RlpException or RocksDbException)
        {
            return null;
        }
    }

    private static void Check(ChainDatabase database, Block block, Block? child, ProblemList problems)
    {
        var header = block.Header;
        var hash = header.Hash();
        if (child is not null && child.Header.ParentHash != hash)
            problems.Add(ProblemKind.Block, $"Block {child.Header.Number} does not follow block {header.Number}.");
        if (Block.RootOf(block.Transactions.Select(t => t.Encode())) != header.TransactionsRoot)
            problems.Add(ProblemKind.Block, $"The transactions of block {header.Number} are not those of its header.");
        if (ReceiptsRoot(database, header.Number) != header.ReceiptsRoot)
            problems.Add(ProblemKind.Block, $"The receipts of block {header.Number} are not those of its header.");
        if (!TryIndexed(database, block, hash))
            problems.Add(ProblemKind.Block, $"The index of block {header.Number} or of its transactions is wrong.");
    }

    private static Hash256? ReceiptsRoot(ChainDatabase database, ulong height)
    {
        try
        {
            if (database.Get(database.Receipts, height) is not { } bytes)
                return null;
            var list = new RlpReader(bytes).ReadList();
            var receipts = new List<ReadOnlyMemory<byte>>();
            while (!list.IsEnd)
                receipts.Add(Receipt.DecodeStored(list.ReadItem()).EncodeConsensus());
            return Block.RootOf(receipts);
        }
        catch (Exception e) when (e is RlpException or RocksDbException)
        {
            return null;
        }
    }

    private static bool TryIndexed(ChainDatabase database, Block block, Hash256 hash)
    {
        try
        {
            return IsIndexed(database, block, hash);
        }
        catch (RocksDbException)
        {
            return false;
        }
    }

    private static bool IsIndexed(ChainDatabase database, Block block, Hash256 hash)
    {
        Span<byte> place = stackalloc byte[12];
        FlatCodec.WriteHeight(block.Header.Number, place);
        if (!place[..8].SequenceEqual(database.Db.Get(hash.ToArray(), database.Hashes)))
            return false;
        for (var i = 0; i < block.Transactions.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(place[8..], i);
            var found = database.Db.Get(block.Transactions[i].Hash.ToArray(), database.TransactionIndex);
            if (!place.SequenceEqual(found))
                return false;
        }

        return true;
    }
}
