using System.Net.WebSockets;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// What this provider says to its coordinator, always outbound. Every answer is a typed problem, or an exception of
/// HTTP when there is none; nothing here decides about money.
/// </summary>
internal sealed class CoordinatorLink(
    ProviderOptions options, ProviderSelf self, IWalletSigner signer, TimeProvider time) : IDisposable
{
    // Longer than the longest poll.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);
    private readonly HttpClient? _http = options.CoordinatorUrl is { } url
        ? new HttpClient { BaseAddress = url, Timeout = CallTimeout } : null;

    private MarketClient? _market;

    public bool IsConfigured => _http is not null;

    /// <summary>The evaluator of the jobs that this coordinator arranges.</summary>
    public async Task<Address> EvaluatorAsync(CancellationToken cancel) =>
        (await new MarketClient(_http!).InfoAsync(cancel)).Evaluator;

    public async Task RegisterAsync(IReadOnlyList<Offer> offers, CancellationToken cancel) =>
        await Market().RegisterAsync(options.PublicUrl?.ToString() ?? "", offers, options.AgentId, cancel);

    /// <summary>Signs an offer and puts it on the market in place of the older one of its name.</summary>
    public Task OfferAsync(MarketOffer offer, CancellationToken cancel) => Market().PutOfferAsync(offer, cancel);

    /// <summary>Asks the coordinator for a challenge of this device.</summary>
    public Task<GpuChallenge> GpuChallengeAsync(string device, ulong memoryMib, CancellationToken cancel) =>
        Market().GpuChallengeAsync(device, memoryMib, cancel);

    /// <summary>Answers it.</summary>
    public Task<GpuAttestation> GpuProofAsync(Hash256 seed, byte[] results, CancellationToken cancel) =>
        Market().GpuProofAsync(seed, results, cancel);

    /// <summary>Null when there is no coordinator or it does not have the blob.</summary>
    public async Task<byte[]?> FetchBlobAsync(Hash256 hash, CancellationToken cancel)
    {
        if (!IsConfigured)
            return null;
        try
        {
            return await Market().GetBlobAsync(hash, cancel);
        }
        catch (AitbcException absent) when (absent.Problem.Status == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// The job as the coordinator tells it to its provider, and while it is disputed to its committee; null when it has
    /// none for this account.
    /// </summary>
    public Task<JobView?> JobAsync(Hash256 id, CancellationToken cancel) =>
        IsConfigured ? IfThereAsync(() => Market().JobAsync(id, cancel)) : Task.FromResult<JobView?>(null);

    /// <summary>The receipt that was handed over for a job; null when none was.</summary>
    public Task<ReceiptFile?> ReceiptAsync(Hash256 id, CancellationToken cancel) =>
        IfThereAsync(() => Market().ReceiptAsync(id, cancel));

    /// <summary>The output that was handed over for a job; null when none was.</summary>
    public Task<byte[]?> OutputAsync(Hash256 id, CancellationToken cancel) =>
        IfThereAsync(() => Market().ResultAsync(id, cancel));

    /// <summary>What a job reads, checked against its hash.</summary>
    public Task<byte[]> JobBlobAsync(Hash256 id, Hash256 hash, CancellationToken cancel) =>
        Market().JobBlobAsync(id, hash, cancel);

    /// <summary>Dials the coordinator for a link; the caller disposes the socket.</summary>
    public Task<WebSocket> LinkAsync(CancellationToken cancel) => Market().LinkAsync(cancel);

    /// <summary>Waits for work; null when there was none in that time.</summary>
    public async Task<LeasedJob?> LeaseAsync(int waitSeconds, CancellationToken cancel) =>
        await Market().LeaseAsync(waitSeconds, cancel) is { } lease
            ? new LeasedJob(lease.LeaseId, lease.LeaseExpiresAt, new JobOrder(lease.Job.Terms, lease.Job.Spec)) : null;

    public Task BeatAsync(string leaseId, CancellationToken cancel) => Market().HeartbeatLeaseAsync(leaseId, cancel);

    public Task RunningAsync(Hash256 jobId, CancellationToken cancel) => Market().RunningAsync(jobId, cancel);

    public async Task ResultAsync(
        Hash256 jobId, ReceiptFile receipt, ReadOnlyMemory<byte> output, CancellationToken cancel)
    {
        var blob = await Market().PutBlobAsync(output, cancel);
        await Market().SubmitResultAsync(jobId, receipt, blob, cancel);
    }

    public Task FailedAsync(Hash256 jobId, string code, string detail, CancellationToken cancel) =>
        IsConfigured ? Market().FailedAsync(jobId, code, detail, cancel) : Task.CompletedTask;

    public void Dispose() => _http?.Dispose();

    private static async Task<T?> IfThereAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (AitbcException absent) when (absent.Problem.Status == 404)
        {
            return null;
        }
    }

    private MarketClient Market() =>
        _market ??= new MarketClient(_http!, signer, self.Identity!.Address, time, [AccessScope.Provider]);
}
