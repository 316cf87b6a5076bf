using Aitbc.Primitives;
using Aitbc.Provider.Errors;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Gets the blobs that a job needs: from this disk, else from the coordinator; each is checked against its hash.
/// </summary>
internal sealed class InputGathering(BlobStore blobs, CoordinatorLink coordinator)
{
    public async Task<IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>>> GatherAsync(
        IReadOnlyList<Hash256> hashes, CancellationToken cancellation)
    {
        var gathered = new Dictionary<Hash256, ReadOnlyMemory<byte>>();
        foreach (var hash in hashes.Distinct())
            gathered[hash] = await blobs.ReadAsync(hash, cancellation) ?? await FetchAsync(hash, cancellation);
        return gathered;
    }

    private async Task<byte[]> FetchAsync(Hash256 hash, CancellationToken cancellation)
    {
        var bytes = await coordinator.FetchBlobAsync(hash, cancellation);
        if (bytes is null || Keccak256.Hash(bytes) != hash)
            throw Refusals.Of(
                ProblemCodes.BlobMissing, 422, $"The input {hash} was not sent and the coordinator does not have it.");
        blobs.Write(hash, bytes);
        return bytes;
    }
}
