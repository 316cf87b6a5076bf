using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Market;

/// <summary>
/// Typed client of a coordinator (specs/market/api.md). Refusals are <see cref="AitbcException"/>; no answer at
/// all is
/// <see cref="HttpRequestException"/> or, after the client's timeout, <see cref="TaskCanceledException"/>. Every
/// call may be repeated. It signs in by itself when a call needs it, and again when its token has ended.
/// </summary>
public sealed partial class MarketClient
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private readonly HttpClient http;
    private readonly MarketSignIn? signIn;
    private readonly IWalletSigner? signer;
    private readonly Address account;
    private readonly TimeProvider time;

    /// <summary>Makes a client for what needs no token.</summary>
    /// <param name="http">Its base address is the coordinator's; the caller keeps ownership.</param>
    public MarketClient(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        this.http = http;
        time = TimeProvider.System;
    }

    /// <summary>Makes a client for an account.</summary>
    /// <param name="http">Its base address is the coordinator's; the caller keeps ownership.</param>
    /// <param name="signer">Signs in, and signs registrations.</param>
    /// <param name="account">The client's or provider's account.</param>
    /// <param name="time">Clock of registrations and tokens; null = the system's.</param>
    /// <param name="scopes">What its token is for, of <see cref="AccessScope"/>; null = everything.</param>
    public MarketClient(
        HttpClient http,
        IWalletSigner signer,
        Address account,
        TimeProvider? time = null,
        IReadOnlyList<string>? scopes = null)
        : this(http)
    {
        ArgumentNullException.ThrowIfNull(signer);
        this.signer = signer;
        this.account = account;
        this.time = time ?? TimeProvider.System;
        signIn = new MarketSignIn(this, signer, account, http.BaseAddress?.Authority, this.time, scopes);
    }

    /// <summary>Chain, escrow, evaluator and bounds of this market.</summary>
    public Task<MarketInfo> InfoAsync(CancellationToken cancel = default) =>
        GetAsync("v1/info", MarketJson.Default.MarketInfo, false, cancel);

    /// <summary>Whether the coordinator is ready.</summary>
    public Task<HealthAnswer> HealthAsync(CancellationToken cancel = default) =>
        GetAsync("health", MarketJson.Default.HealthAnswer, false, cancel);

    /// <summary>Registered providers.</summary>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<ProviderPage> ProvidersAsync(
        int limit = 100, string? after = null, CancellationToken cancel = default) =>
        GetAsync("v1/providers" + Page(limit, after), MarketJson.Default.ProviderPage, false, cancel);

    /// <summary>One provider.</summary>
    public Task<ProviderView> ProviderAsync(Address provider, CancellationToken cancel = default) =>
        GetAsync($"v1/providers/{provider}", MarketJson.Default.ProviderView, false, cancel);

    /// <summary>A provider's score, with a page of what it is counted from.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="limit">Payers, 1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<ReputationView> ReputationAsync(
        Address provider, int limit = 100, string? after = null, CancellationToken cancel = default) => GetAsync(
            $"v1/providers/{provider}/reputation" + Page(limit, after),
            MarketJson.Default.ReputationView,
            false,
            cancel);

    /// <summary>Registers this account as a provider, or replaces what it said before.</summary>
    public Task<ProviderView> RegisterAsync(
        string url, IReadOnlyList<Offer> offers, CancellationToken cancel = default) =>
        RegisterAsync(url, offers, null, cancel);

    /// <summary>The same, naming the agent of the identity registry that this account owns; null = none.</summary>
    public async Task<ProviderView> RegisterAsync(
        string url, IReadOnlyList<Offer> offers, ulong? agentId, CancellationToken cancel = default)
    {
        var info = await InfoAsync(cancel).ConfigureAwait(false);
        var unsigned = new ProviderRegistration
        {
            Provider = account,
            Url = url,
            Offers = Offer.Canonical(offers),
            IssuedAt = (ulong)time.GetUtcNow().ToUnixTimeSeconds(),
            AgentId = agentId,
            Signature = "",
        };
        var registration = await unsigned.SignAsync(signer ?? throw NoAccount(), info, cancel).ConfigureAwait(false);
        return await PostAsync(
            "v1/providers",
            registration,
            MarketJson.Default.ProviderRegistration,
            MarketJson.Default.ProviderView,
            false,
            cancel).ConfigureAwait(false);
    }

    /// <summary>Says that this provider lives. A wait for leases says it too.</summary>
    public Task HeartbeatAsync(int capacity, CancellationToken cancel = default) => PostAsync(
        "v1/providers/heartbeat",
        new HeartbeatRequest(capacity),
        MarketJson.Default.HeartbeatRequest,
        MarketJson.Default.ProviderView,
        true,
        cancel);

    /// <summary>Stores bytes under their hash; repeating is free. The hash that is answered is checked.</summary>
    public async Task<Hash256> PutBlobAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        using var response = await CallAsync(HttpMethod.Put, "v1/blobs", () => Octets(bytes), true, cancel)
            .ConfigureAwait(false);
        var answer = await ReadAsync(response, MarketJson.Default.BlobAnswer, cancel).ConfigureAwait(false);
        return answer.Hash == Keccak256.Hash(bytes.Span)
            ? answer.Hash
            : throw new InvalidDataException("The coordinator stored other bytes than it was given.");
    }

    /// <summary>The bytes with a hash, checked against it.</summary>
    public async Task<byte[]> GetBlobAsync(Hash256 hash, CancellationToken cancel = default)
    {
        var bytes = await BytesAsync($"v1/blobs/{hash}", cancel).ConfigureAwait(false);
        return Keccak256.Hash(bytes) == hash
            ? bytes
            : throw new InvalidDataException("The coordinator answered other bytes than those with the hash.");
    }

    /// <summary>Orders a job: the answer has the terms to fund. The same key and body are the same job.</summary>
    public Task<JobView> OrderAsync(OrderRequest order, CancellationToken cancel = default) => PostAsync(
        "v1/jobs", order, MarketJson.Default.OrderRequest, MarketJson.Default.JobView, true, cancel);

    /// <summary>The account's jobs as client or provider, newest first.</summary>
    /// <param name="limit">1 to 100.</param>
    /// <param name="after">Cursor of an earlier page.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<JobPage> JobsAsync(int limit = 20, string? after = null, CancellationToken cancel = default) =>
        GetAsync("v1/jobs" + Page(limit, after), MarketJson.Default.JobPage, true, cancel);

    /// <summary>One job.</summary>
    public Task<JobView> JobAsync(Hash256 id, CancellationToken cancel = default) =>
        GetAsync($"v1/jobs/{id}", MarketJson.Default.JobView, true, cancel);

    /// <summary>The output of a job, checked by the caller against the receipt.</summary>
    public Task<byte[]> ResultAsync(Hash256 id, CancellationToken cancel = default) =>
        BytesAsync($"v1/jobs/{id}/result", cancel);

    /// <summary>The receipt of a job.</summary>
    public Task<ReceiptFile> ReceiptAsync(Hash256 id, CancellationToken cancel = default) =>
        GetAsync($"v1/jobs/{id}/receipt", ReceiptJson.Default.ReceiptFile, true, cancel);

    /// <summary>Gives up a job that is not funded, or asks for the refund of one that nobody works on.</summary>
    public Task<JobView> CancelAsync(Hash256 id, CancellationToken cancel = default) =>
        TellAsync($"v1/jobs/{id}/cancel", cancel);

    /// <summary>
    /// Says that the result of a job with a committee is good: the provider is paid now. Repeating is free.
    /// </summary>
    public Task<JobView> AcceptAsync(Hash256 id, CancellationToken cancel = default) =>
        TellAsync($"v1/jobs/{id}/accept", cancel);

    /// <summary>
    /// Bytes that a job reads, checked against their hash: for its parties, and while it is disputed for its committee.
    /// </summary>
    public async Task<byte[]> JobBlobAsync(Hash256 id, Hash256 hash, CancellationToken cancel = default)
    {
        var bytes = await BytesAsync($"v1/jobs/{id}/blobs/{hash}", cancel).ConfigureAwait(false);
        return Keccak256.Hash(bytes) == hash
            ? bytes
            : throw new InvalidDataException("The coordinator answered other bytes than those with the hash.");
    }

    /// <summary>Who did what to a job, with the evidence.</summary>
    public Task<JobStory> WhyAsync(Hash256 id, CancellationToken cancel = default) =>
        GetAsync($"v1/jobs/{id}/why", MarketJson.Default.JobStory, true, cancel);

    /// <summary>Hints that a job is funded, so that the coordinator looks at the chain at once.</summary>
    public Task<JobView> FundedAsync(Hash256 id, Hash256 transaction, CancellationToken cancel = default) => PostAsync(
        $"v1/jobs/{id}/funded",
        new FundedHint(transaction),
        MarketJson.Default.FundedHint,
        MarketJson.Default.JobView,
        true,
        cancel);

    /// <summary>Waits for work; null = there was none in that time.</summary>
    /// <param name="waitSeconds">0 to 30; the HTTP client's timeout must be longer.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<Lease?> LeaseAsync(int waitSeconds, CancellationToken cancel = default)
    {
        var body = new LeaseRequest(waitSeconds);
        using var response = await CallAsync(
            HttpMethod.Post, "v1/leases", () => Json(body, MarketJson.Default.LeaseRequest), true, cancel)
            .ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.NoContent
            ? null
            : await ReadAsync(response, MarketJson.Default.Lease, cancel).ConfigureAwait(false);
    }

    /// <summary>Keeps a lease.</summary>
    public async Task<DateTimeOffset> HeartbeatLeaseAsync(string leaseId, CancellationToken cancel = default)
    {
        using var response = await CallAsync(
            HttpMethod.Post, $"v1/leases/{Uri.EscapeDataString(leaseId)}/heartbeat", null, true, cancel)
            .ConfigureAwait(false);
        var extension = await ReadAsync(response, MarketJson.Default.LeaseExtension, cancel).ConfigureAwait(false);
        return extension.LeaseExpiresAt;
    }

    /// <summary>The provider says that it executes.</summary>
    public Task<JobView> RunningAsync(Hash256 id, CancellationToken cancel = default) =>
        TellAsync($"v1/jobs/{id}/running", cancel);

    /// <summary>The provider delivers; the output was put as a blob before.</summary>
    public Task<JobView> SubmitResultAsync(
        Hash256 id, ReceiptFile receipt, Hash256 output, CancellationToken cancel = default) => PostAsync(
            $"v1/jobs/{id}/result",
            new ResultRequest(receipt, output),
            MarketJson.Default.ResultRequest,
            MarketJson.Default.JobView,
            true,
            cancel);

    /// <summary>The provider gives up: the client gets its money back.</summary>
    public Task<JobView> FailedAsync(Hash256 id, string code, string detail, CancellationToken cancel = default) =>
        PostAsync(
            $"v1/jobs/{id}/failed",
            new FailureRequest(code, detail),
            MarketJson.Default.FailureRequest,
            MarketJson.Default.JobView,
            true,
            cancel);

    internal Task<Challenge> ChallengeAsync(
        Address address, CancellationToken cancel, IReadOnlyList<string>? scopes = null) => PostAsync(
        "v1/auth/challenge",
        new ChallengeRequest(address, scopes),
        MarketJson.Default.ChallengeRequest,
        MarketJson.Default.Challenge,
        false,
        cancel);

    internal Task<AccessGrant> TokenAsync(TokenRequest request, CancellationToken cancel) => PostAsync(
        "v1/auth/token", request, MarketJson.Default.TokenRequest, MarketJson.Default.AccessGrant, false, cancel);

    private async Task<JobView> TellAsync(string path, CancellationToken cancel)
    {
        using var response = await CallAsync(HttpMethod.Post, path, null, true, cancel).ConfigureAwait(false);
        return await ReadAsync(response, MarketJson.Default.JobView, cancel).ConfigureAwait(false);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, bool signedIn, CancellationToken cancel)
    {
        using var response = await CallAsync(HttpMethod.Get, path, null, signedIn, cancel).ConfigureAwait(false);
        return await ReadAsync(response, type, cancel).ConfigureAwait(false);
    }

    private async Task<byte[]> BytesAsync(string path, CancellationToken cancel)
    {
        using var response = await CallAsync(HttpMethod.Get, path, null, true, cancel).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        bool signedIn,
        CancellationToken cancel)
    {
        using var response = await CallAsync(HttpMethod.Post, path, () => Json(body, bodyType), signedIn, cancel)
            .ConfigureAwait(false);
        return await ReadAsync(response, answerType, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends, once more with a new token if the first had ended. The answer is a success and buffered.
    /// </summary>
    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method, string path, Func<HttpContent>? content, bool signedIn, CancellationToken cancel)
    {
        if (signedIn && signIn is null)
            throw NoAccount();
        for (var fresh = false; ; fresh = true)
        {
            using var request = new HttpRequestMessage(method, path) { Content = content?.Invoke() };
            if (signedIn)
            {
                var token = await signIn!.TokenAsync(fresh, cancel).ConfigureAwait(false);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            var response = await http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            try
            {
                if (response.StatusCode == HttpStatusCode.Unauthorized && signedIn && !fresh)
                    continue;
                if (!response.IsSuccessStatusCode)
                    throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
                await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancel).ConfigureAwait(false);
                var answer = response;
                response = null;
                return answer;
            }
            finally
            {
                response?.Dispose();
            }
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            return JsonSerializer.Deserialize(bytes, type)
                ?? throw new InvalidDataException("The coordinator's answer is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The coordinator's answer is not what its specification says.", e);
        }
    }

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
        };

    private static ReadOnlyMemoryContent Octets(ReadOnlyMemory<byte> bytes) =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private static string Page(int limit, string? after) =>
        $"?limit={limit.ToString(CultureInfo.InvariantCulture)}"
        + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");

    private static InvalidOperationException NoAccount() => new("This market client was made without an account.");
}
