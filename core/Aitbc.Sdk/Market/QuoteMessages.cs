using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Market;

/// <summary>Body of <c>POST /v1/quotes</c>: this job, now.</summary>
public sealed record QuoteRequest
{
    /// <summary>Most providers that one request excludes.</summary>
    public const int MostExcluded = 8;

    /// <summary>The key of the order that may follow: it makes the job's id.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>What shall be done.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>Most atto-AIT for the worst case; null = any.</summary>
    public UInt256? MaxPrice { get; init; }

    /// <summary>Only this provider; null = the best.</summary>
    public Address? Provider { get; init; }

    /// <summary>
    /// None of these providers, at most <see cref="MostExcluded"/>, and none that is paid where one of their agents
    /// is; null = any.
    /// </summary>
    public IReadOnlyList<Address>? Exclude { get; init; }

    /// <summary>Only this region; null = any.</summary>
    public string? Region { get; init; }

    /// <summary>At least this <see cref="PrivacyClass"/>; null = any.</summary>
    public string? Privacy { get; init; }

    /// <summary>True = only where work begins at once.</summary>
    public bool Warm { get; init; }

    /// <summary>
    /// Only offers that promise the result within at most so many seconds (<see cref="JobLevel"/>), from 1; null = any,
    /// with a promise or without.
    /// </summary>
    public int? Within { get; init; }

    /// <summary>At least this <see cref="GpuState"/>; null = any.</summary>
    public string? Gpu { get; init; }

    /// <summary>With a committee that executes again what is doubted; null = without.</summary>
    public ReexecutionRequest? Reexecution { get; init; }
}

/// <summary>
/// A firm answer to "this job, now": until it expires a slot is held for it. Signed by the coordinator's account;
/// accepted by an order with its id (specs/market/quotes.md).
/// </summary>
public sealed record MarketQuote
{
    private static readonly Eip712Type Type = Eip712Type.Parse(
        "MarketQuote(bytes32 quoteId,bytes32 jobId,address client,address provider,bytes32 offerId,bytes32 specHash,"
        + "string resourceClass,string unitKind,uint256 unitPrice,uint64 unitsPer,uint64 units,uint256 total,"
        + "uint32 queuePlace,string warmth,string privacy,string region,bytes32 modelDigest,uint64 firstTokenP95Ms,"
        + "uint32 levelSeconds,uint32 levelCredit,string gpu,bytes32 gpuProof,"
        + "address[] reexecutors,uint256 bond,uint256 fee,uint64 votingTime,string engineVersion,uint64 expiresAtMs)");

    /// <summary>Names it in the order.</summary>
    public required Hash256 Id { get; init; }

    /// <summary>The job that it is for.</summary>
    public required Hash256 JobId { get; init; }

    /// <summary>Who may accept it.</summary>
    public required Address Client { get; init; }

    /// <summary>Who will do it.</summary>
    public required Address Provider { get; init; }

    /// <summary>The offer whose slot is held.</summary>
    public required Hash256 OfferId { get; init; }

    /// <summary><see cref="JobSpec.Hash"/>.</summary>
    public required Hash256 SpecHash { get; init; }

    /// <summary>The class.</summary>
    public required string ResourceClass { get; init; }

    /// <summary>What is counted.</summary>
    public required string UnitKind { get; init; }

    /// <summary>atto-AIT for <see cref="UnitsPer"/> units.</summary>
    public required UInt256 UnitPrice { get; init; }

    /// <summary>Units that the price is for.</summary>
    public required ulong UnitsPer { get; init; }

    /// <summary>The most units that the specification allows.</summary>
    public required ulong Units { get; init; }

    /// <summary>atto-AIT for the worst case: what the escrow will hold.</summary>
    public required UInt256 Total { get; init; }

    /// <summary>Jobs and quotes that hold slots of the same offer before this one; they run beside it.</summary>
    public required int QueuePlace { get; init; }

    /// <summary><see cref="MarketOffer.Warm"/> or <see cref="MarketOffer.Cold"/>.</summary>
    public required string Warmth { get; init; }

    /// <summary>The provider's <see cref="PrivacyClass"/>.</summary>
    public required string Privacy { get; init; }

    /// <summary>Where it runs; empty = not said.</summary>
    public required string Region { get; init; }

    /// <summary>Digest of the model; zero = not said.</summary>
    public Hash256 ModelDigest { get; init; }

    /// <summary>p95 of the time to the first token in ms, as the provider says; 0 = unknown.</summary>
    public ulong FirstTokenP95Ms { get; init; }

    /// <summary><see cref="JobLevel.Seconds"/> of the offer; 0 with <see cref="LevelCredit"/> = none.</summary>
    public int LevelSeconds { get; init; }

    /// <summary><see cref="JobLevel.Credit"/> of the offer; 0 = nothing is promised.</summary>
    public int LevelCredit { get; init; }

    /// <summary><see cref="MarketOffer.Gpu"/>.</summary>
    public string Gpu { get; init => field = value ?? ""; } = "";

    /// <summary><see cref="MarketOffer.GpuProof"/>; the offer has the attestation.</summary>
    public Hash256 GpuProof { get; init; }

    /// <summary>The committee, and what a dispute costs; null = no dispute is possible.</summary>
    public JobReexecution? Reexecution { get; init; }

    /// <summary>Unix time in milliseconds until which the slot is held.</summary>
    public required ulong ExpiresAtMs { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v of the coordinator's account over the EIP-712 digest, as 0x hex.</summary>
    public string Signature { get; init => field = value ?? ""; } = "";

    /// <summary>What the terms will hold the provider to; null = nothing.</summary>
    public JobLevel? Level() => JobLevel.Of(LevelSeconds, LevelCredit);

    /// <summary>The object for eth_signTypedData_v4.</summary>
    public JsonElement ToTypedData(ulong chainId, Address escrow) => Message(chainId, escrow).ToJson();

    /// <summary>True if this account, the market's evaluator, signed exactly this.</summary>
    public bool IsSignedBy(Address coordinator, ulong chainId, Address escrow) =>
        Hex.TryParse(Signature, out var bytes)
        && Primitives.Crypto.Signature.TryParse65(bytes, out var parsed)
        && Secp256k1.TryRecover(Message(chainId, escrow).Digest(), parsed, out var signer)
        && signer == coordinator;

    private TypedMessage Message(ulong chainId, Address escrow) => new(
        MarketDomain.Of(chainId, escrow),
        Type,
        [.. Offered(), .. JobReexecution.Values(Reexecution), (UInt256)ExpiresAtMs]);

    private object[] Offered() =>
    [
        Id,
        JobId,
        Client,
        Provider,
        OfferId,
        SpecHash,
        ResourceClass,
        UnitKind,
        UnitPrice,
        (UInt256)UnitsPer,
        (UInt256)Units,
        Total,
        (UInt256)(ulong)QueuePlace,
        Warmth,
        Privacy,
        Region,
        ModelDigest,
        (UInt256)FirstTokenP95Ms,
        (UInt256)(ulong)Math.Max(LevelSeconds, 0),
        (UInt256)(ulong)Math.Max(LevelCredit, 0),
        Gpu,
        GpuProof,
    ];
}

/// <summary>Body of <c>POST /v1/market/bids</c>: run this when a slot costs at most a price, until a time.</summary>
public sealed record BidRequest
{
    /// <summary>The key of the order that may follow: it makes the job's id.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>What shall be done; at most the class's units of a slot.</summary>
    public required JobSpec Spec { get; init; }

    /// <summary>Most atto-AIT for the class's pricing quantity, at most 2^128 - 1.</summary>
    public required UInt256 Price { get; init; }

    /// <summary>How long it waits, 1 to 2,592,000 seconds.</summary>
    public required long Seconds { get; init; }
}

/// <summary>A bid as its owner sees it.</summary>
public sealed record BidView
{
    /// <summary>The job's id, which is the bid's.</summary>
    public required Hash256 JobId { get; init; }

    /// <summary>The class.</summary>
    public required string ResourceClass { get; init; }

    /// <summary>Most atto-AIT for the class's pricing quantity.</summary>
    public required UInt256 Price { get; init; }

    /// <summary>Where it stands.</summary>
    public required BidState State { get; init; }

    /// <summary>Until when it waits.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The firm quote of the match: accept it before it expires.</summary>
    public MarketQuote? Quote { get; init; }
}

/// <summary>Where a bid stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BidState>))]
public enum BidState
{
    /// <summary>It waits in the book.</summary>
    Resting = 0,

    /// <summary>It traded; a quote holds the slot.</summary>
    Matched = 1,

    /// <summary>It was withdrawn, or met an offer of its own account.</summary>
    Cancelled = 2,

    /// <summary>Its time ended without a match.</summary>
    Expired = 3,
}
