using Aitbc.Primitives;

namespace Aitbc.Coordinator.Blobs;

/// <summary>One file each. A file whose bytes do not hash to its name does not exist.</summary>
internal sealed class BlobFiles(CoordinatorOptions options) : IBlobBytes
{
    public async Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancel)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(PathOf(hash), cancel);
            return Keccak256.Hash(bytes) == hash ? bytes : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public Task KeepAsync(Hash256 hash, byte[] bytes, CancellationToken cancel)
    {
        var path = PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        return Task.CompletedTask;
    }

    private string PathOf(Hash256 hash)
    {
        var name = hash.ToString()[2..];
        return Path.Combine(options.BlobDirectory, name[..2], name);
    }
}
