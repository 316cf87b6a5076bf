using System.Text;
using RocksDbSharp;

namespace Node.Tests.Maintenance;

/// <summary>The tables of a chain that is closed, past everything that guards them.</summary>
internal static class RawTables
{
    /// <summary>Changes one table.</summary>
    public static void Change(string data, string table, Action<RocksDb, ColumnFamilyHandle> change)
    {
        using var db = Open(data);
        change(db, db.GetColumnFamily(table));
    }

    /// <summary>The keys of a table.</summary>
    public static List<byte[]> Keys(string data, string table)
    {
        using var db = Open(data);
        return [.. Read(db, table).Select(entry => entry.Key)];
    }

    /// <summary>Everything in all tables, as text.</summary>
    public static string Dump(string data)
    {
        using var db = Open(data);
        var text = new StringBuilder();
        foreach (var name in Names(data))
        {
            text.Append(name).Append('\n');
            foreach (var (key, value) in Read(db, name))
                text.Append(Convert.ToHexString(key)).Append('=').Append(Convert.ToHexString(value)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Sets an entry.</summary>
    public static void Put(string data, string table, byte[] key, byte[] value) =>
        Change(data, table, (db, family) => db.Put(key, value, family));

    /// <summary>Removes an entry.</summary>
    public static void Remove(string data, string table, byte[] key) =>
        Change(data, table, (db, family) => db.Remove(key, family));

    /// <summary>Removes entries.</summary>
    public static void Remove(string data, string table, IEnumerable<byte[]> keys) =>
        Change(data, table, (db, family) =>
        {
            foreach (var key in keys)
                db.Remove(key, family);
        });

    /// <summary>Changes the last byte of a value.</summary>
    public static void Flip(string data, string table, byte[] key) => Flip(data, table, [key]);

    /// <summary>Changes the last byte of each value.</summary>
    public static void Flip(string data, string table, IEnumerable<byte[]> keys) =>
        Change(data, table, (db, family) =>
        {
            foreach (var key in keys)
            {
                var value = db.Get(key, family);
                value[^1] ^= 1;
                db.Put(key, value, family);
            }
        });

    /// <summary>Flips bits in the file in which a value lies, as a failing disk would.</summary>
    public static void FlipOnDisk(string data, string table, byte[] key)
    {
        byte[] value = [];
        // Opening has written the log out to files.
        Change(data, table, (db, family) => value = db.Get(key, family));
        var damaged = 0;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(data, "chain"), "*.sst"))
        {
            var file = File.ReadAllBytes(path);
            if (file.AsSpan().IndexOf(value) is not (>= 0 and var at))
                continue;
            file[at + (value.Length / 2)] ^= 0x10;
            File.WriteAllBytes(path, file);
            damaged++;
        }

        if (damaged == 0)
            throw new InvalidOperationException("The value is in no file.");
    }

    private static IEnumerable<string> Names(string data) =>
        RocksDb.ListColumnFamilies(new DbOptions(), Path.Combine(data, "chain")).Order(StringComparer.Ordinal);

    private static List<(byte[] Key, byte[] Value)> Read(RocksDb db, string table)
    {
        var entries = new List<(byte[], byte[])>();
        using var iterator = db.NewIterator(db.GetColumnFamily(table));
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            entries.Add((iterator.Key(), iterator.Value()));
        return entries;
    }

    private static RocksDb Open(string data)
    {
        var families = new ColumnFamilies();
        foreach (var name in Names(data))
            families.Add(name, new ColumnFamilyOptions().SetCompression(Compression.No));
        return RocksDb.Open(new DbOptions(), Path.Combine(data, "chain"), families);
    }
}
