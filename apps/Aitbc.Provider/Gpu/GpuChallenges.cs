using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Errors;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Provider.Gpu;

/// <summary>The last challenge that this provider answered.</summary>
internal sealed record GpuProof(
    string Backend, string Device, long Bytes, TimeSpan Elapsed, Hash256 Digest, DateTimeOffset At);

/// <summary>
/// Answers challenges, one at a time and not too often: they take a place like a job, and are refused at once when
/// there is none.
/// </summary>
internal sealed class GpuChallenges(GpuLimits limits, ExecutionSlots slots, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lazy<GpuAccelerator> _accelerator = new(() => GpuAccelerator.Find(time));
    private bool _running;
    private long? _startedAt;

    /// <summary>Null until one was answered.</summary>
    public GpuProof? Last { get; private set; }

    public GpuAccelerator Accelerator => _accelerator.Value;

    public long MostBytes => (Accelerator.IsGpu ? limits.MaxChallengeMib : (long)limits.MaxCpuChallengeMib) << 20;

    /// <summary>Throws a typed refusal; nothing was started then.</summary>
    public Task<(GpuProof Proof, byte[] Results)> AnswerAsync(GpuWork work, CancellationToken cancellation) =>
        limits.ChallengeEnabled
            ? AnswerAsync(work, MostBytes, limits.ChallengeIntervalMs, cancellation)
            : throw Refusals.Of(ProviderCodes.SpecUnsupported, 422, "This provider answers no challenges.");

    /// <summary>
    /// The same for one that this provider asked for: strangers do not use up its time, and their limit is not its own.
    /// </summary>
    public Task<(GpuProof Proof, byte[] Results)> AnswerOwnAsync(
        GpuWork work, long mostBytes, CancellationToken cancellation) => AnswerAsync(work, mostBytes, 0, cancellation);

    public void Dispose()
    {
        if (_accelerator.IsValueCreated)
            _accelerator.Value.Dispose();
    }

    private async Task<(GpuProof Proof, byte[] Results)> AnswerAsync(
        GpuWork work, long mostBytes, int intervalMs, CancellationToken cancellation)
    {
        if (work.Problem() is { } problem)
            throw Refusals.Of(ProviderCodes.SpecUnsupported, 422, problem);
        if (work.Bytes > mostBytes)
            throw Refusals.Of(
                ProviderCodes.SpecUnsupported, 422, $"A challenge fills at most {mostBytes} bytes here.");
        using var place = slots.TryReserve() ?? throw Busy("All places are taken.");
        Begin(intervalMs);
        try
        {
            var run = await place.RunAsync(
                () => Task.Run(() => Accelerator.Run(work, cancellation), cancellation), cancellation);
            Last = new GpuProof(
                Accelerator.Backend, Accelerator.Name, work.Bytes, run.Elapsed, Keccak256.Hash(run.Results),
                time.GetUtcNow());
            return (Last, run.Results);
        }
        catch (IOException fault)
        {
            throw Refusals.Of(ProviderCodes.DeviceFailed, 503, fault.Message, retryable: true);
        }
        finally
        {
            lock (_gate)
                _running = false;
        }
    }

    private void Begin(int intervalMs)
    {
        lock (_gate)
        {
            if (_running)
                throw Busy("Another challenge runs.");
            if (_startedAt is { } at && time.GetElapsedTime(at).TotalMilliseconds < intervalMs)
                throw Busy($"There is one challenge in {intervalMs} ms.");
            _running = true;
            _startedAt = time.GetTimestamp();
        }
    }

    private static AitbcException Busy(string detail) =>
        Refusals.Of(ProviderCodes.Busy, 503, detail, retryable: true, next: "Ask again later.");
}
