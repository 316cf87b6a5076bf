using Aitbc.Primitives;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Inputs on disk under the Keccak-256 hash of their bytes; what does not hash to its name does not exist. The time of
/// a file is the last use of the input, so that a restart forgets nothing of it.
/// </summary>
internal sealed class BlobStore
{
    /// <summary>A request whose job is not in the journal yet finds what it has just sent or looked at.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(10);

    private const string Suffix = ".blob";
    private readonly Lock _gate = new();
    private readonly string _folder;
    private readonly TimeProvider _time;

    public BlobStore(string dataDirectory, TimeProvider time)
    {
        _folder = Directory.CreateDirectory(Path.Combine(dataDirectory, "blobs")).FullName;
        _time = time;
    }

    public async Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancellation)
    {
        if (!Use(hash))
            return null;
        var bytes = await File.ReadAllBytesAsync(PathOf(hash), cancellation);
        return Keccak256.Hash(bytes) == hash ? bytes : null;
    }

    /// <summary>Stores bytes that the caller has checked against the hash.</summary>
    public void Write(Hash256 hash, ReadOnlySpan<byte> bytes)
    {
        // One that the disk has spoiled makes place for a sound one.
        if (Use(hash) && Keccak256.Hash(File.ReadAllBytes(PathOf(hash))) == hash)
            return;
        DurableFile.Replace(PathOf(hash), bytes, $"{PathOf(hash)}.{Guid.NewGuid():N}.draft");
        Use(hash);
    }

    /// <summary>
    /// Removes what was not used for <paramref name="retention"/>, and of the rest the longest unused beyond
    /// <paramref name="mostBytes"/>. What is <paramref name="needed"/> stays and does not count; what is young stays.
    /// </summary>
    /// <returns>How many files are gone.</returns>
    public int Sweep(IReadOnlySet<Hash256> needed, TimeSpan retention, long mostBytes)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var bytes = 0L;
        var removed = 0;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles()
            .Where(f => !IsNeeded(f, needed)).OrderByDescending(f => f.LastWriteTimeUtc).ToList())
        {
            bytes += file.Length;
            if (RemoveUnused(file, now - (bytes > mostBytes ? Young : retention)))
                removed++;
        }

        return removed;
    }

    private static bool IsNeeded(FileInfo file, IReadOnlySet<Hash256> needed) =>
        file.Extension == Suffix && Hash256.TryParse(Path.GetFileNameWithoutExtension(file.Name), out var hash)
            && needed.Contains(hash);

    /// <summary>Whether it is there; if so, no sweep takes it while it is young.</summary>
    private bool Use(Hash256 hash)
    {
        lock (_gate)
        {
            if (!File.Exists(PathOf(hash)))
                return false;
            File.SetLastWriteTimeUtc(PathOf(hash), _time.GetUtcNow().UtcDateTime);
            return true;
        }
    }

    private bool RemoveUnused(FileInfo file, DateTime since)
    {
        lock (_gate)
        {
            // Somebody may have used it since the folder was read.
            file.Refresh();
            if (!file.Exists || file.LastWriteTimeUtc >= since)
                return false;
            file.Delete();
            return true;
        }
    }

    private string PathOf(Hash256 hash) => Path.Combine(_folder, hash + Suffix);
}
