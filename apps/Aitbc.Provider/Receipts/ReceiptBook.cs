using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Receipts;

/// <summary>
/// All receipts that this provider signed, by the hour (specs/provider/receipts.md): a file for each hour, 64 bytes for
/// each receipt. What a crash left torn at the end of a file counted for nobody.
/// </summary>
internal sealed class ReceiptBook
{
    private const int LineLength = 2 * Hash256.Length;
    private const string Ending = ".leaves";

    private readonly Lock gate = new();
    private readonly string folder;
    private readonly TimeProvider time;
    private readonly SortedSet<ulong> epochs = [];
    private readonly Dictionary<Hash256, (ulong Epoch, int Index)> places = [];
    private ulong firstOpen;

    public ReceiptBook(string dataFolder, TimeProvider time)
    {
        this.time = time;
        folder = Directory.CreateDirectory(Path.Combine(dataFolder, "receipts")).FullName;
        foreach (var file in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (ulong.TryParse(Path.GetFileNameWithoutExtension(file), out var epoch))
                Load(epoch);
        }
    }

    /// <summary>Hours that have a book, the oldest first.</summary>
    public IReadOnlyList<ulong> Epochs
    {
        get
        {
            lock (gate)
                return [.. epochs];
        }
    }

    public static ulong EpochOf(DateTimeOffset at) =>
        (ulong)at.ToUnixTimeSeconds() / ReceiptRootsClient.EpochSeconds;

    /// <summary>
    /// Writes a receipt down and syncs it, unless its job stands in a book. Throws <see cref="IOException"/> if it
    /// cannot be written: then it must not be handed out.
    /// </summary>
    public void Add(Hash256 jobId, Hash256 digest)
    {
        lock (gate)
        {
            if (places.ContainsKey(jobId))
                return;
            var epoch = Math.Max(EpochOf(time.GetUtcNow()), firstOpen);
            var path = PathOf(epoch);
            var isNew = !File.Exists(path);
            // A part of a line that a failed write left would shift all lines behind it.
            if (!isNew && new FileInfo(path).Length % LineLength != 0)
                Cut(path);
            var index = isNew ? 0 : (int)(new FileInfo(path).Length / LineLength);
            DurableFile.Append(
                path, isNew ? FileMode.CreateNew : FileMode.Append, [.. jobId.ToArray(), .. digest.ToArray()]);
            epochs.Add(epoch);
            places[jobId] = (epoch, index);
        }
    }

    /// <summary>Nothing comes into this hour's book any more, nor into those before; a restart knows it too.</summary>
    public void Close(ulong epoch)
    {
        lock (gate)
        {
            File.SetAttributes(PathOf(epoch), FileAttributes.ReadOnly);
            firstOpen = Math.Max(firstOpen, epoch + 1);
        }
    }

    /// <summary>True if an hour's book is closed.</summary>
    public bool IsClosed(ulong epoch)
    {
        lock (gate)
            return epoch < firstOpen;
    }

    /// <summary>Where a job's receipt stands; null if nowhere.</summary>
    public (ulong Epoch, int Index)? Find(Hash256 jobId)
    {
        lock (gate)
            return places.TryGetValue(jobId, out var place) ? place : null;
    }

    /// <summary>The receipts of an hour, in their order.</summary>
    public IReadOnlyList<(Hash256 JobId, Hash256 Digest)> Read(ulong epoch)
    {
        lock (gate)
            return Lines(PathOf(epoch));
    }

    /// <summary>The digest at a place.</summary>
    public Hash256 Digest(ulong epoch, int index)
    {
        lock (gate)
        {
            using var file = File.OpenRead(PathOf(epoch));
            file.Position = ((long)index * LineLength) + Hash256.Length;
            Span<byte> digest = stackalloc byte[Hash256.Length];
            file.ReadExactly(digest);
            return Hash256.FromBytes(digest);
        }
    }

    /// <summary>The leaves of an hour's tree.</summary>
    public IReadOnlyList<Hash256> Leaves(ulong epoch) =>
        [.. Read(epoch).Select(r => ReceiptTree.Leaf(r.JobId, r.Digest))];

    /// <summary>Deletes the books of hours before one.</summary>
    public void Forget(ulong before)
    {
        lock (gate)
        {
            foreach (var epoch in epochs.Where(e => e < before).ToList())
            {
                foreach (var (jobId, _) in Lines(PathOf(epoch)))
                    places.Remove(jobId);
                File.SetAttributes(PathOf(epoch), FileAttributes.Normal);
                File.Delete(PathOf(epoch));
                epochs.Remove(epoch);
            }
        }
    }

    private static void Cut(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(file.Length - (file.Length % LineLength));
        file.Flush(flushToDisk: true);
    }

    private static List<(Hash256 JobId, Hash256 Digest)> Lines(string path)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path).AsSpan() : [];
        var lines = new List<(Hash256, Hash256)>(bytes.Length / LineLength);
        for (; bytes.Length >= LineLength; bytes = bytes[LineLength..])
        {
            lines.Add((
                Hash256.FromBytes(bytes[..Hash256.Length]), Hash256.FromBytes(bytes[Hash256.Length..LineLength])));
        }

        return lines;
    }

    private void Load(ulong epoch)
    {
        epochs.Add(epoch);
        if (File.GetAttributes(PathOf(epoch)).HasFlag(FileAttributes.ReadOnly))
            firstOpen = Math.Max(firstOpen, epoch + 1);
        foreach (var (index, (jobId, _)) in Lines(PathOf(epoch)).Index())
            places.TryAdd(jobId, (epoch, index));
    }

    private string PathOf(ulong epoch) => Path.Combine(folder, epoch + Ending);
}
