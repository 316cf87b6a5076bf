using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Market;

/// <summary>What everybody must know of a market before signing anything.</summary>
/// <param name="ChainId">EIP-155 id of its chain.</param>
/// <param name="Escrow">The escrow contract.</param>
/// <param name="Evaluator">The coordinator's account, which judges jobs.</param>
/// <param name="EvaluationWindow">Seconds after which a silent evaluator pays the provider.</param>
/// <param name="MaxBlobBytes">Longest blob.</param>
public sealed record MarketInfo(
    ulong ChainId, Address Escrow, Address Evaluator, ulong EvaluationWindow, int MaxBlobBytes);

/// <summary>Body of <c>POST /v1/auth/challenge</c>.</summary>
/// <param name="Address">Who wants to sign in.</param>
/// <param name="Scopes">What the token shall be for, of <see cref="AccessScope"/>; null = everything.</param>
public sealed record ChallengeRequest(Address Address, IReadOnlyList<string>? Scopes = null);

/// <summary>A text to sign (EIP-191) before it ends.</summary>
/// <param name="Message">The EIP-4361 text.</param>
/// <param name="ExpiresAt">Its end.</param>
public sealed record Challenge(string Message, DateTimeOffset ExpiresAt);

/// <summary>Body of <c>POST /v1/auth/token</c>.</summary>
/// <param name="Message">The text as it was given.</param>
/// <param name="Signature">65 bytes as 0x hex.</param>
public sealed record TokenRequest(string Message, string Signature);

/// <summary>A bearer token.</summary>
/// <param name="Token">For the header <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresAt">Its end.</param>
/// <param name="Scopes">What it may be used for.</param>
public sealed record AccessGrant(string Token, DateTimeOffset ExpiresAt, IReadOnlyList<string>? Scopes = null);

/// <summary>A provider as the market lists it.</summary>
public sealed record ProviderView
{
    /// <summary>Its account, the only key that its receipts are verified with.</summary>
    public required Address Address { get; init; }

    /// <summary>Its direct door; empty = none.</summary>
    public required string Url { get; init; }

    /// <summary>What it sells.</summary>
    public required IReadOnlyList<Offer> Offers { get; init; }

    /// <summary>Its agent in the identity registry, which it owned when it registered; null = it named none.</summary>
    public ulong? AgentId { get; init; }

    /// <summary>True if it was heard of within the heartbeat's time.</summary>
    public required bool Online { get; init; }

    /// <summary>Jobs it can take at once, as it said last; null = it did not say.</summary>
    public int? Capacity { get; init; }

    /// <summary>When it was last heard of.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When it first registered.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
}

/// <summary>Answer of <c>GET /v1/providers</c>.</summary>
/// <param name="Providers">By address.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record ProviderPage(IReadOnlyList<ProviderView> Providers, string? Next = null);

/// <summary>Body of <c>POST /v1/providers/heartbeat</c>.</summary>
/// <param name="Capacity">Jobs it can take at once, from 0 to 10,000.</param>
public sealed record HeartbeatRequest(int Capacity);

/// <summary>Answer of <c>PUT /v1/blobs</c>.</summary>
/// <param name="Hash">Keccak-256 of the bytes.</param>
/// <param name="Bytes">Their number.</param>
public sealed record BlobAnswer(Hash256 Hash, long Bytes);

/// <summary>Body of <c>POST /v1/jobs</c>.</summary>
public sealed record OrderRequest
{
    /// <summary>1 to 64 printable ASCII characters; the same key is the same job for ever.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>What shall be done.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>Refuse quotes above this many atto-AIT; null = any.</summary>
    public UInt256? MaxPrice { get; init; }

    /// <summary>Only this provider; null = the cheapest that is online.</summary>
    public Address? Provider { get; init; }

    /// <summary>Seconds from now until the escrow can be refunded; null = the market's default.</summary>
    public ulong? ExpiresInSeconds { get; init; }

    /// <summary>Accepts this quote of the same job: its slot and price; null = the cheapest registration.</summary>
    public Hash256? QuoteId { get; init; }

    /// <summary>Makes it one of several runs that are compared; null = it stands alone.</summary>
    public JobVerification? Verification { get; init; }

    /// <summary>With a committee that executes again what is doubted; null = without. Not with both.</summary>
    public ReexecutionRequest? Reexecution { get; init; }
}

/// <summary>A job as the market knows it.</summary>
public sealed record JobView
{
    /// <summary>The id: keccak256(client ‖ clientKey).</summary>
    public required Hash256 Id { get; init; }

    /// <summary>keccak256 of the idempotency key, for <c>openJob</c>.</summary>
    public required Hash256 ClientKey { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>What is done.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>What is agreed.</summary>
    public required JobTerms Terms { get; init; }

    /// <summary><see cref="JobTerms.Hash"/>, for <c>openJob</c>.</summary>
    public required Hash256 TermsHash { get; init; }

    /// <summary>The escrow's number; null before it is funded.</summary>
    public ulong? EscrowJobId { get; init; }

    /// <summary>What was used, from the receipt.</summary>
    public ulong? Units { get; init; }

    /// <summary>atto-AIT that the provider asks, from the receipt.</summary>
    public UInt256? Charge { get; init; }

    /// <summary>
    /// atto-AIT of the charge that are not paid, since the result came later than the terms promise, as the escrow
    /// decided; null = it came in time, or nothing is promised.
    /// </summary>
    public UInt256? Credit { get; init; }

    /// <summary>Hash of the output, once delivered.</summary>
    public Hash256? OutputHash { get; init; }

    /// <summary>The funding transaction, if the chain told.</summary>
    public Hash256? FundTransaction { get; init; }

    /// <summary>The submitting transaction, if the chain told.</summary>
    public Hash256? SubmitTransaction { get; init; }

    /// <summary>The paying or refunding transaction, if the chain told.</summary>
    public Hash256? SettleTransaction { get; init; }

    /// <summary>Why it was refunded, as a code; null = it was not.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was quoted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Answer of <c>GET /v1/jobs</c>: newest first.</summary>
/// <param name="Jobs">The caller's jobs as client or provider.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record JobPage(IReadOnlyList<JobView> Jobs, string? Next = null);

/// <summary>Body of <c>POST /v1/leases</c>.</summary>
/// <param name="WaitSeconds">How long to wait for work, from 0 to 30.</param>
public sealed record LeaseRequest(int WaitSeconds);

/// <summary>Work for a provider, for a while.</summary>
/// <param name="LeaseId">Names the lease in heartbeats.</param>
/// <param name="LeaseExpiresAt">Without a heartbeat the job is given away again.</param>
/// <param name="Job">The work.</param>
public sealed record Lease(string LeaseId, DateTimeOffset LeaseExpiresAt, JobView Job);

/// <summary>Answer of <c>POST /v1/leases/{leaseId}/heartbeat</c>.</summary>
/// <param name="LeaseExpiresAt">The new end.</param>
public sealed record LeaseExtension(DateTimeOffset LeaseExpiresAt);

/// <summary>Body of <c>POST /v1/jobs/{id}/funded</c>: a hint; the chain decides.</summary>
/// <param name="TxHash">The funding transaction.</param>
public sealed record FundedHint(Hash256 TxHash);

/// <summary>Body of <c>POST /v1/jobs/{id}/result</c>.</summary>
/// <param name="ReceiptFile">The signed receipt.</param>
/// <param name="OutputBlobHash">The blob that was put before.</param>
public sealed record ResultRequest(ReceiptFile ReceiptFile, Hash256 OutputBlobHash);

/// <summary>Body of <c>POST /v1/jobs/{id}/failed</c>.</summary>
/// <param name="Code">1 to 64 lower-case letters, digits and underscores.</param>
/// <param name="Detail">A sentence, at most 1000 characters.</param>
public sealed record FailureRequest(string Code, string Detail);

/// <summary>Answer of <c>GET /v1/jobs/{id}/why</c>.</summary>
public sealed record JobStory
{
    /// <summary>The job.</summary>
    public required Hash256 Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it ended so, as a code; null = it goes on, or it was paid.</summary>
    public string? Reason { get; init; }

    /// <summary>True if the provider was paid.</summary>
    public required bool Charged { get; init; }

    /// <summary>atto-AIT that the provider was paid, fees included; null = nothing, or nothing yet.</summary>
    public UInt256? Charge { get; init; }

    /// <summary>atto-AIT that it was paid less, since it missed the level of the terms; null = it did not.</summary>
    public UInt256? Credit { get; init; }

    /// <summary>True if the same order (with a new key) may succeed.</summary>
    public required bool Retryable { get; init; }

    /// <summary>What comes or helps next.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Next { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<JobEvent> Events { get; init; }
}

/// <summary>One thing that happened to a job.</summary>
/// <param name="At">When the coordinator learnt of it.</param>
/// <param name="Who"><c>client</c>, <c>provider</c>, <c>coordinator</c> or <c>chain</c>.</param>
/// <param name="What">A code, such as <c>funded</c>.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Transaction">The evidence on the chain; null = none.</param>
/// <param name="Signature">
/// What <paramref name="Signer"/> signed for it, 0x and 130 hex digits: of <c>quoted</c> the quote or the provider's
/// registration, of <c>delivered</c> the receipt; null = none.
/// </param>
/// <param name="Signer">Whose signature it is; null = none.</param>
/// <param name="Log">Stands in the line that the coordinator logged for it.</param>
public sealed record JobEvent(
    DateTimeOffset At,
    string Who,
    string What,
    string Detail,
    Hash256? Transaction = null,
    string? Signature = null,
    Address? Signer = null,
    string? Log = null);

/// <summary>Answer of <c>GET /health</c>.</summary>
/// <param name="Status"><c>ok</c>, or <c>starting</c> until the wallet and the node have answered.</param>
/// <param name="Role"><c>coordinator</c>.</param>
public sealed record HealthAnswer(string Status, string Role);
