using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Testing;

namespace Aitbc.Simulator.Parts;

/// <summary>What a crash does to bytes that were written and not synced.</summary>
internal enum CrashLoss
{
    /// <summary>All of them had reached the disk.</summary>
    Nothing,

    /// <summary>None had.</summary>
    Unsynced,

    /// <summary>Some had, and the last of those not all.</summary>
    Torn,
}

/// <summary>A write or sync that failed; the node stops for good.</summary>
internal sealed class SimDiskException(string message) : Exception(message);

/// <summary>
/// The disk of a node: files with a barrier between what is written and what is durable, the chain whose batches are
/// whole or absent, and bodies, which are synced when they are stored.
/// </summary>
internal sealed class SimDisk(Xoshiro random)
{
    // Looked up by name only, so its order decides nothing.
    private readonly Dictionary<string, Content> files = [];
    private readonly Dictionary<Hash256, SimBlock> bodies = [];

    public List<SimCommit> Chain { get; } = [];

    public bool IsFull { get; set; }

    public bool SyncFails { get; set; }

    /// <summary>Microseconds that a sync takes; 0 = none.</summary>
    public long SyncMicros { get; set; }

    public void Create(string name)
    {
        Write();
        files[name] = new Content();
    }

    public void Delete(string name) => files.Remove(name);

    public void Append(string name, ReadOnlySpan<byte> bytes)
    {
        var file = files[name];
        if (IsFull)
        {
            // As much as there was room for.
            file.Bytes.AddRange(bytes[..random.Below(bytes.Length)]);
            Write();
        }

        file.Bytes.AddRange(bytes);
    }

    public void Sync(string name)
    {
        if (SyncFails)
            throw new SimDiskException("input/output error");
        files[name].Durable = files[name].Bytes.Count;
    }

    /// <summary>Write aside, sync, rename, sync of the folder: old or new, never half.</summary>
    public void Replace(string name, ReadOnlySpan<byte> bytes)
    {
        Write();
        var file = new Content();
        file.Bytes.AddRange(bytes);
        file.Durable = bytes.Length;
        files[name] = file;
    }

    public byte[]? Read(string name) => files.TryGetValue(name, out var file) ? [.. file.Bytes] : null;

    public void Truncate(string name, int length)
    {
        var file = files[name];
        file.Bytes.RemoveRange(length, file.Bytes.Count - length);
        file.Durable = Math.Min(file.Durable, length);
    }

    public void Store(SimBlock body)
    {
        Write();
        bodies.TryAdd(body.Hash, body);
    }

    public SimBlock? Body(Hash256 hash) => bodies.GetValueOrDefault(hash);

    public void Commit(SimCommit commit)
    {
        Write();
        Chain.Add(commit);
    }

    public void Crash(string wal, CrashLoss loss)
    {
        if (!files.TryGetValue(wal, out var file))
            return;
        if (loss == CrashLoss.Nothing)
        {
            file.Durable = file.Bytes.Count;
            return;
        }

        if (file.Durable == 0 && loss == CrashLoss.Unsynced)
        {
            files.Remove(wal);
            return;
        }

        var kept = loss == CrashLoss.Unsynced ? 0 : random.Below(file.Bytes.Count - file.Durable + 1);
        Truncate(wal, file.Durable + kept);
        file.Durable = file.Bytes.Count;
    }

    /// <summary>A bit of what was durable changes; false if there is nothing to change.</summary>
    public bool FlipBit(string name)
    {
        if (!files.TryGetValue(name, out var file) || file.Bytes.Count == 0)
            return false;
        file.Bytes[random.Below(file.Bytes.Count)] ^= (byte)(1 << random.Below(8));
        return true;
    }

    public void Wipe(bool keepGuard)
    {
        var guard = keepGuard ? Read("guard") : null;
        files.Clear();
        bodies.Clear();
        Chain.Clear();
        if (guard is not null)
            Replace("guard", guard);
    }

    /// <summary>The database as it was some heights ago; the guard, which is in no copy, stays.</summary>
    public void RestoreOld(int heights, string wal)
    {
        files.Remove(wal);
        Chain.RemoveRange(Math.Max(0, Chain.Count - heights), Math.Min(heights, Chain.Count));
    }

    private void Write()
    {
        if (IsFull)
            throw new SimDiskException("no space left on device");
        if (SyncFails)
            throw new SimDiskException("input/output error");
    }

    private sealed class Content
    {
        public List<byte> Bytes { get; } = [];

        public int Durable { get; set; }
    }
}
