using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Journal;

/// <summary>
/// The provider's memory of what it took, ran, signed and delivered: one append-only file for each job, every record
/// synced before the step that relies on it. Its folder belongs to one process, which a lock file enforces.
/// </summary>
internal sealed class JobJournal : IDisposable
{
    private const string Suffix = ".journal";
    private readonly string _jobs;
    private readonly string _outputs;
    private readonly TimeProvider _time;
    private readonly FileStream _owner;
    private readonly ConcurrentDictionary<string, JobEntry> _entries = new();
    private readonly ConcurrentDictionary<string, Lock> _gates = new();

    public JobJournal(string folder, TimeProvider time)
    {
        _time = time;
        _jobs = Directory.CreateDirectory(Path.Combine(folder, "jobs")).FullName;
        _outputs = Directory.CreateDirectory(Path.Combine(folder, "outputs")).FullName;
        _owner = new FileStream(
            Path.Combine(folder, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        foreach (var path in Directory.EnumerateFiles(_jobs, "*" + Suffix))
            Load(path);
    }

    public JobEntry? Find(string jobId) => _entries.GetValueOrDefault(jobId);

    /// <summary>Jobs for which something remains to be done, oldest change first.</summary>
    public IReadOnlyList<JobEntry> Open() =>
        [.. _entries.Values.Where(e => e.Step != JobStep.Closed).OrderBy(e => e.ChangedAt).ThenBy(e => e.JobId)];

    /// <summary>Takes the job for the one caller that gets true; all others learn what is known of it.</summary>
    public bool TryAdmit(string jobId, string payload, out JobEntry entry)
    {
        RequireFileName(jobId);
        lock (Gate(jobId))
        {
            if (_entries.TryGetValue(jobId, out entry!))
                return false;
            entry = Write(jobId, FileMode.CreateNew, null, JobStep.Admitted, payload);
            return true;
        }
    }

    /// <summary>
    /// Appends a step. A step that is not ahead of the last one is a defect here and stops the caller.
    /// </summary>
    public JobEntry Append(string jobId, JobStep step, string payload)
    {
        lock (Gate(jobId))
        {
            var before = _entries[jobId];
            if (!MayFollow(before.Step, step))
                throw new InvalidOperationException($"Job {jobId} cannot go from {before.Step} to {step}.");
            return Write(jobId, FileMode.Append, before, step, payload);
        }
    }

    /// <summary>Stores an output durably; it must precede the record that speaks of it.</summary>
    public void StoreOutput(string jobId, ReadOnlySpan<byte> output) => DurableFile.Replace(OutputPath(jobId), output);

    public byte[]? ReadOutput(string jobId) =>
        File.Exists(OutputPath(jobId)) ? File.ReadAllBytes(OutputPath(jobId)) : null;

    /// <summary>
    /// Forgets closed jobs that did not change since <paramref name="before"/>. That cannot let one run again: its
    /// escrow on the chain is no longer in the state Funded, which admission demands.
    /// </summary>
    public int Forget(DateTimeOffset before)
    {
        var old = _entries.Values.Where(e => e.Step == JobStep.Closed && e.ChangedAt < before).ToList();
        foreach (var entry in old)
        {
            lock (Gate(entry.JobId))
            {
                File.Delete(OutputPath(entry.JobId));
                File.Delete(JobPath(entry.JobId));
                _entries.TryRemove(entry.JobId, out _);
            }

            _gates.TryRemove(entry.JobId, out _);
        }

        return old.Count;
    }

    public void Dispose() => _owner.Dispose();

    private static bool MayFollow(JobStep last, JobStep next) => (last, next) switch
    {
        (JobStep.Closed, _) => false,
        (_, JobStep.Closed) => true,
        // Run again after a crash: nothing was recorded, nothing was delivered.
        (JobStep.Executing, JobStep.Executing) => true,
        (JobStep.Admitted or JobStep.Executing, JobStep.Failed) => true,
        (JobStep.Failed, _) => false,
        (_, JobStep.Failed) => false,
        _ => next == last + 1,
    };

    private JobEntry Write(string jobId, FileMode mode, JobEntry? before, JobStep step, string payload)
    {
        var now = _time.GetUtcNow();
        DurableFile.Append(JobPath(jobId), mode, JournalLine.Encode(step, now, payload));
        return _entries[jobId] = Next(jobId, before, step, now, payload);
    }

    private static JobEntry Next(string jobId, JobEntry? before, JobStep step, DateTimeOffset at, string payload)
    {
        var payloads = before?.Payloads as ImmutableDictionary<JobStep, string>
            ?? ImmutableDictionary<JobStep, string>.Empty;
        return new JobEntry(jobId, step, at, payloads.SetItem(step, payload));
    }

    /// <summary>
    /// Reads a file up to the first torn record and cuts the rest off, which nothing can have relied on.
    /// </summary>
    private void Load(string path)
    {
        var jobId = Path.GetFileName(path)[..^Suffix.Length];
        var bytes = File.ReadAllBytes(path);
        JobEntry? entry = null;
        var good = 0;
        while (good < bytes.Length)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', good);
            if (end < 0
                || !JournalLine.TryDecode(
                    Encoding.UTF8.GetString(bytes, good, end - good), out var step, out var at, out var payload))
                break;
            entry = Next(jobId, entry, step, at, payload);
            good = end + 1;
        }

        if (entry is null)
        {
            File.Delete(path);
            return;
        }

        if (good < bytes.Length)
            DurableFile.Replace(path, bytes.AsSpan(0, good));
        _entries[jobId] = entry;
    }

    private Lock Gate(string jobId) => _gates.GetOrAdd(jobId, _ => new Lock());

    private string JobPath(string jobId) => Path.Combine(_jobs, jobId + Suffix);

    private string OutputPath(string jobId) => Path.Combine(_outputs, jobId + ".bin");

    private static void RequireFileName(string jobId)
    {
        if (jobId.Length is 0 or > 80 || !jobId.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException("A job id here is made of ASCII letters and digits.", nameof(jobId));
    }
}
