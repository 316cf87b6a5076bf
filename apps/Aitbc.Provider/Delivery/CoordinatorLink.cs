using System.Net.WebSockets;
using Aitbc.Primitives;
using Aitbc.Provider.Offers;
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

    public async Task RegisterAsync(IReadOnlyList<EngineOffer> offers, CancellationToken cancel) =>
        await Market().RegisterAsync(
            options.PublicUrl?.ToString() ?? "",
            [.. offers.Select(o =>
                new Offer(o.Engine, o.ResourceClass, o.UnitKind, o.Price.Price, o.Price.Per, o.MaxUnits))],
            options.AgentId,
            cancel);

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

    private MarketClient Market() =>
        _market ??= new MarketClient(_http!, signer, self.Identity!.Address, time, [AccessScope.Provider]);
}
