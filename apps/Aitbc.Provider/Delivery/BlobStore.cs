using Aitbc.Primitives;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Inputs on disk under the Keccak-256 hash of their bytes; what does not hash to its name does not exist.
/// </summary>
internal sealed class BlobStore
{
    private readonly string _folder;

    public BlobStore(string dataDirectory) =>
        _folder = Directory.CreateDirectory(Path.Combine(dataDirectory, "blobs")).FullName;

    public async Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancellation)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
            return null;
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        return Keccak256.Hash(bytes) == hash ? bytes : null;
    }

    /// <summary>Stores bytes that the caller has checked against the hash.</summary>
    public void Write(Hash256 hash, ReadOnlySpan<byte> bytes)
    {
        if (!File.Exists(PathOf(hash)))
            DurableFile.Replace(PathOf(hash), bytes, $"{PathOf(hash)}.{Guid.NewGuid():N}.draft");
    }

    private string PathOf(Hash256 hash) => Path.Combine(_folder, hash + ".blob");
}
