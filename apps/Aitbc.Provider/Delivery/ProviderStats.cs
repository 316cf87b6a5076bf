using System.Collections.Concurrent;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Counts since the start of the process. Refusals are counted by their code, which is one of a closed list.
/// </summary>
internal sealed class ProviderStats
{
    private readonly ConcurrentDictionary<string, long> _refused = new();
    private long _executed;
    private long _failed;

    public long Executed => Volatile.Read(ref _executed);

    public long Failed => Volatile.Read(ref _failed);

    public IReadOnlyDictionary<string, long> Refused => _refused;

    /// <summary>An engine was started for a job, whatever came of it.</summary>
    public void CountExecuted() => Interlocked.Increment(ref _executed);

    public void CountFailed() => Interlocked.Increment(ref _failed);

    public void CountRefused(string code) => _refused.AddOrUpdate(code, 1, (_, n) => n + 1);
}
