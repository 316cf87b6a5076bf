using Aitbc.Primitives;

namespace Aitbc.Coordinator.Blobs;

/// <summary>Where the bytes of blobs are. What is kept survives a power cut.</summary>
internal interface IBlobBytes
{
    /// <summary>Null if there are none, or not those that were kept.</summary>
    Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancel);

    Task KeepAsync(Hash256 hash, byte[] bytes, CancellationToken cancel);
}
