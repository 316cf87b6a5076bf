using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Delivery;

/// <summary>Inputs go when nobody needs them, and never before.</summary>
public sealed class BlobStoreTests : IDisposable
{
    private const long NoBound = long.MaxValue;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly HashSet<Hash256> None = [];
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_not_used_for_the_retention_is_removed_and_what_was_used_stays()
    {
        var store = Open();
        var (idle, used) = (Put(store, 1), Put(store, 2));
        _time.Advance(TimeSpan.FromDays(4));
        Assert.NotNull(await ReadAsync(store, used));
        _time.Advance(TimeSpan.FromDays(4));

        Assert.Equal(1, Open().Sweep(None, Week, NoBound));

        Assert.Equal([used], Left());
        Assert.Null(await ReadAsync(store, idle));
    }

    [Fact]
    public void Sending_it_again_is_a_use()
    {
        var store = Open();
        var blob = Put(store, 1);
        _time.Advance(TimeSpan.FromDays(6));
        Put(store, 1);
        _time.Advance(TimeSpan.FromDays(6));

        Assert.Equal(0, store.Sweep(None, Week, NoBound));
        Assert.Equal([blob], Left());
    }

    [Fact]
    public void What_is_needed_stays_however_old_and_beyond_any_bound()
    {
        var store = Open();
        var (needed, idle) = (Put(store, 1), Put(store, 2));
        _time.Advance(TimeSpan.FromDays(1_000));

        Assert.Equal(1, store.Sweep(new HashSet<Hash256> { needed }, Week, 0));

        Assert.Equal([needed], Left());
        Assert.DoesNotContain(idle, Left());
    }

    [Fact]
    public void What_is_young_stays_beyond_the_bound()
    {
        var store = Open();
        Put(store, 1);
        _time.Advance(BlobStore.Young);
        Assert.Equal(0, store.Sweep(None, Week, 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, store.Sweep(None, Week, 0));
    }

    [Fact]
    public void Beyond_the_bound_the_longest_unused_go_first() =>
        Gen.Select(Gen.Int[1, 40].List[1, 12], Gen.Int[0, 200]).Sample(
            (sizes, most) =>
            {
                foreach (var file in Directory.EnumerateFiles(Blobs))
                    File.Delete(file);
                var store = Open();
                var written = new List<Hash256>();
                for (var i = 0; i < sizes.Count; i++)
                {
                    written.Add(Put(store, (byte)i, sizes[i]));
                    _time.Advance(TimeSpan.FromSeconds(1));
                }

                _time.Advance(BlobStore.Young);
                store.Sweep(None, Week, most);

                var (bytes, stay) = (0, 0);
                while (stay < sizes.Count && bytes + sizes[^(stay + 1)] <= most)
                    bytes += sizes[^(++stay)];
                Assert.Equal(written.TakeLast(stay).ToHashSet(), Left());
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void A_draft_that_a_crash_left_is_removed()
    {
        var draft = Path.Combine(Blobs, $"{Keccak256.Hash([1])}.blob.0.draft");
        var store = Open();
        File.WriteAllBytes(draft, [1]);
        File.SetLastWriteTimeUtc(draft, _time.GetUtcNow().UtcDateTime);
        _time.Advance(Week + TimeSpan.FromSeconds(1));

        Assert.Equal(1, store.Sweep(None, Week, NoBound));
        Assert.False(File.Exists(draft));
    }

    [Fact]
    public async Task A_sound_one_that_is_sent_replaces_one_that_the_disk_spoiled_and_nobody_has_read()
    {
        var store = Open();
        var blob = Put(store, 1);
        File.WriteAllText(Path.Combine(Blobs, blob + ".blob"), "spoiled");

        Put(store, 1);

        Assert.NotNull(await ReadAsync(store, blob));
    }

    [Fact]
    public async Task One_that_the_disk_spoiled_makes_place_for_a_sound_one()
    {
        var store = Open();
        var blob = Put(store, 1);
        File.WriteAllText(Path.Combine(Blobs, blob + ".blob"), "spoiled");
        Assert.Null(await ReadAsync(store, blob));

        Put(store, 1);

        Assert.NotNull(await ReadAsync(store, blob));
    }

    private string Blobs => Directory.CreateDirectory(_folder.File("blobs")).FullName;

    private BlobStore Open() => new(_folder.Path, _time);

    private static Hash256 Put(BlobStore store, byte fill, int size = 8)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, fill);
        var hash = Keccak256.Hash(bytes);
        store.Write(hash, bytes);
        return hash;
    }

    private static Task<byte[]?> ReadAsync(BlobStore store, Hash256 hash) =>
        store.ReadAsync(hash, TestContext.Current.CancellationToken);

    private HashSet<Hash256> Left() =>
        [.. Directory.EnumerateFiles(Blobs, "*.blob").Select(f => Hash256.Parse(Path.GetFileNameWithoutExtension(f)))];
}
