using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Provider.Gpu;

/// <summary>
/// The attestations of this machine's device, one file each in the data folder. Those that receipts may still name are
/// kept beside the newest.
/// </summary>
internal sealed class GpuAttestations
{
    // A job may wait for its signature, or be signed anew after a crash; no payment is open for longer than this.
    private const ulong KeptMs = 30UL * 86_400_000;
    private const int MostBytes = 16 * 1024;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private IReadOnlyList<Kept> _kept = [];

    public GpuAttestations(string dataDirectory, TimeProvider time) =>
        (_folder, _time) = (Path.Combine(dataDirectory, "gpu"), time);

    /// <summary>Newest first.</summary>
    public IEnumerable<GpuAttestation> All => Volatile.Read(ref _kept).Select(k => k.Seen);

    /// <summary>Reads what an earlier process had; files that are none of this provider's are left alone.</summary>
    public void Restore(ProviderIdentity me)
    {
        var found = new List<Kept>();
        foreach (var file in Directory.Exists(_folder) ? new DirectoryInfo(_folder).GetFiles("*.json") : [])
        {
            if (file.Length > MostBytes || Read(file.FullName) is not { } seen
                || seen.Problem(me.Address, seen.Device, me.ChainId, me.EscrowContract) is not null)
                continue;
            if (seen.ProvenAtMs + KeptMs < NowMs())
                Remove(file);
            else
                found.Add(new Kept(seen.Hash(me.ChainId, me.EscrowContract), seen));
        }

        Set(found);
    }

    public void Add(GpuAttestation seen, ProviderIdentity me)
    {
        var hash = seen.Hash(me.ChainId, me.EscrowContract);
        var path = Path.Combine(Directory.CreateDirectory(_folder).FullName, $"{hash}.json");
        File.WriteAllText(path + ".draft", JsonSerializer.Serialize(seen, MarketJson.Default.GpuAttestation));
        File.Move(path + ".draft", path, overwrite: true);
        Set([.. Volatile.Read(ref _kept), new Kept(hash, seen)]);
    }

    /// <summary>The hash of one that is kept.</summary>
    public Hash256 HashOf(GpuAttestation seen) =>
        Volatile.Read(ref _kept).FirstOrDefault(k => ReferenceEquals(k.Seen, seen))?.Hash ?? default;

    /// <summary>A signed receipt with the attestation that it names, where that is still here.</summary>
    public ReceiptFile Beside(ReceiptFile file) => file.Receipt.Gpu is { Proof.IsZero: false } gpu
        ? file with { GpuAttestation = Volatile.Read(ref _kept).FirstOrDefault(k => k.Hash == gpu.Proof)?.Seen }
        : file;

    private void Set(IEnumerable<Kept> kept) =>
        Volatile.Write(ref _kept, [.. kept.OrderByDescending(k => k.Seen.ProvenAtMs)]);

    private ulong NowMs() => (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds();

    private static GpuAttestation? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), MarketJson.Default.GpuAttestation);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // One that cannot be removed stays: nothing of this may keep a provider from selling.
    private static void Remove(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is looked at again at the next start.
        }
    }

    private sealed record Kept(Hash256 Hash, GpuAttestation Seen);
}
