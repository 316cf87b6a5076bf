using System.Collections.Concurrent;
using Aitbc.Provider.Journal;

namespace Aitbc.Provider.Delivery;

/// <summary>At most one worker for a job: whoever comes while one works waits for the same end.</summary>
internal sealed class ActiveJobs
{
    private readonly ConcurrentDictionary<string, Lazy<Task<JobEntry>>> _active = new();

    public bool Contains(string jobId) => _active.ContainsKey(jobId);

    /// <summary>Null when nobody works on the job.</summary>
    public Task<JobEntry>? Find(string jobId) => _active.GetValueOrDefault(jobId)?.Value;

    /// <summary>Starts the work, or joins the one who started it; then <paramref name="work"/> is not called.</summary>
    public Task<JobEntry> Run(string jobId, Func<Task<JobEntry>> work, out bool started)
    {
        Lazy<Task<JobEntry>>? mine = null;
        mine = new(async () =>
        {
            // The caller must be able to see the entry in the table before the work can take it out again.
            await Task.Yield();
            try
            {
                return await work();
            }
            finally
            {
                _active.TryRemove(new(jobId, mine!));
            }
        });
        var winner = _active.GetOrAdd(jobId, mine);
        started = winner == mine;
        return winner.Value;
    }
}
