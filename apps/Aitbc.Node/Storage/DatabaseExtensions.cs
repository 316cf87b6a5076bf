using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>What the driver of the database leaves to its callers.</summary>
internal static class DatabaseExtensions
{
    /// <summary>Puts a number, big-endian.</summary>
    public static void PutHeight(this WriteBatch batch, byte[] key, ulong number, ColumnFamilyHandle table)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        FlatCodec.WriteHeight(number, value);
        batch.Put(key, value, table);
    }

    /// <summary>
    /// True while there are entries. An iterator that meets a damaged block ends like one that has reached the end;
    /// here it throws.
    /// </summary>
    /// <exception cref="RocksDbException">The table cannot be read further.</exception>
    public static bool IsAtEntry(this Iterator iterator)
    {
        if (iterator.Valid())
            return true;
        Native.Instance.rocksdb_iter_get_error(iterator.Handle);
        return false;
    }
}
