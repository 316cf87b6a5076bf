using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Market;

/// <summary>
/// What a provider sells under one name, signed by its account (specs/market/quotes.md). A newer offer of the same
/// name replaces it; one with a capacity of 0 withdraws it.
/// </summary>
public sealed record MarketOffer
{
    /// <summary>The model is loaded, or the sandbox is there: work begins at once.</summary>
    public const string Warm = "warm";

    /// <summary>Something must be loaded first.</summary>
    public const string Cold = "cold";

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "MarketOffer(address provider,string name,string engine,string resourceClass,string unitKind,"
        + "uint256 unitPrice,uint64 unitsPer,uint64 maxUnits,uint32 capacity,string region,string privacy,"
        + "string warmth,bytes32 modelDigest,uint64 firstTokenP95Ms,uint32 levelSeconds,uint32 levelCredit,"
        + "string gpu,uint64 gpuMemoryMib,bytes32 gpuProof,"
        + "uint64 issuedAt,uint64 expiresAt)");

    /// <summary>Who sells.</summary>
    public required Address Provider { get; init; }

    /// <summary>The provider's name for it: 1 to 64 printable ASCII characters without spaces.</summary>
    public required string Name { get; init; }

    /// <summary>The engine, such as <c>ollama</c>; 1 to 128 characters.</summary>
    public required string Engine { get; init; }

    /// <summary>See <see cref="Market.ResourceClass"/>.</summary>
    public required string ResourceClass { get; init; }

    /// <summary>That of the class.</summary>
    public required string UnitKind { get; init; }

    /// <summary>atto-AIT for <see cref="UnitsPer"/> units; at most 2^128 - 1 as priced in the book.</summary>
    public required UInt256 UnitPrice { get; init; }

    /// <summary>Units that the price is for, from 1.</summary>
    public required ulong UnitsPer { get; init; }

    /// <summary>Most units of one job, 1 to 2^63 - 1.</summary>
    public required ulong MaxUnits { get; init; }

    /// <summary>Jobs at once, 0 to 10,000; 0 = withdrawn.</summary>
    public required int Capacity { get; init; }

    /// <summary>Where it runs: at most 32 of a-z, 0-9 and '-'; empty = not said.</summary>
    public string Region { get; init => field = value ?? ""; } = "";

    /// <summary>One of <see cref="PrivacyClass"/>.</summary>
    public string Privacy { get; init => field = value ?? PrivacyClass.Open; } = PrivacyClass.Open;

    /// <summary><see cref="Warm"/> or <see cref="Cold"/>.</summary>
    public string Warmth { get; init => field = value ?? Cold; } = Cold;

    /// <summary>Digest of the model's weights; zero = not said, or no model.</summary>
    public Hash256 ModelDigest { get; init; }

    /// <summary>p95 of the time to the first token in milliseconds, as the provider measured; 0 = unknown.</summary>
    public ulong FirstTokenP95Ms { get; init; }

    /// <summary><see cref="JobLevel.Seconds"/> that are promised; 0 with <see cref="LevelCredit"/> = none.</summary>
    public int LevelSeconds { get; init; }

    /// <summary><see cref="JobLevel.Credit"/> of a job that comes later; 0 = nothing is promised.</summary>
    public int LevelCredit { get; init; }

    /// <summary>
    /// The graphics processor that it runs on, as <see cref="GpuAttestation.Device"/>; empty = none is said.
    /// </summary>
    public string Gpu { get; init => field = value ?? ""; } = "";

    /// <summary>MiB that it has, at most <see cref="GpuAttestation.MostMemoryMib"/>; 0 = not said.</summary>
    public ulong GpuMemoryMib { get; init; }

    /// <summary><see cref="GpuAttestation.Hash"/> of <see cref="GpuAttestation"/>; zero = merely claimed.</summary>
    public Hash256 GpuProof { get; init; }

    /// <summary>Unix time in seconds. An offer replaces only an older one.</summary>
    public required ulong IssuedAt { get; init; }

    /// <summary>Unix time in seconds, at most 30 days ahead.</summary>
    public required ulong ExpiresAt { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v over the EIP-712 digest, as 0x hex.</summary>
    public string Signature { get; init => field = value ?? ""; } = "";

    /// <summary>What is promised; null = nothing.</summary>
    public JobLevel? Level() => JobLevel.Of(LevelSeconds, LevelCredit);

    /// <summary>What <see cref="GpuProof"/> is the hash of; null = merely claimed, or no graphics processor.</summary>
    public GpuAttestation? GpuAttestation { get; init; }

    /// <summary>keccak256(provider ‖ keccak256(name)).</summary>
    public Hash256 Id() => JobId.Derive(Provider, Name);

    /// <summary>The same offer, signed by its provider's account.</summary>
    public async Task<MarketOffer> SignAsync(
        IWalletSigner signer, MarketInfo market, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(market);
        var signature = await signer
            .SignTypedDataAsync(Provider, ToTypedData(market.ChainId, market.Escrow), cancel).ConfigureAwait(false);
        return this with { Signature = Hex.ToHex(signature.ToBytes65()) };
    }

    /// <summary>The object for eth_signTypedData_v4.</summary>
    public JsonElement ToTypedData(ulong chainId, Address escrow) => Message(chainId, escrow).ToJson();

    /// <summary>True if the provider itself signed this for this market.</summary>
    public bool IsSignedByProvider(ulong chainId, Address escrow) =>
        Hex.TryParse(Signature, out var bytes)
        && Primitives.Crypto.Signature.TryParse65(bytes, out var parsed)
        && Secp256k1.TryRecover(Message(chainId, escrow).Digest(), parsed, out var signer)
        && signer == Provider;

    private TypedMessage Message(ulong chainId, Address escrow) => new(
        MarketDomain.Of(chainId, escrow),
        Type,
        Provider,
        Name,
        Engine,
        ResourceClass,
        UnitKind,
        UnitPrice,
        (UInt256)UnitsPer,
        (UInt256)MaxUnits,
        (UInt256)(ulong)Math.Max(Capacity, 0),
        Region,
        Privacy,
        Warmth,
        ModelDigest,
        (UInt256)FirstTokenP95Ms,
        (UInt256)(ulong)Math.Max(LevelSeconds, 0),
        (UInt256)(ulong)Math.Max(LevelCredit, 0),
        Gpu,
        (UInt256)GpuMemoryMib,
        GpuProof,
        (UInt256)IssuedAt,
        (UInt256)ExpiresAt);
}

/// <summary>What a provider promises about the data of a job, least first.</summary>
public static class PrivacyClass
{
    /// <summary>No promise.</summary>
    public const string Open = "open";

    /// <summary>Nothing of a job is kept after it; a promise, not a proof.</summary>
    public const string NoLog = "no-log";

    /// <summary>It runs in attested hardware.</summary>
    public const string Attested = "attested";

    /// <summary>0 for <see cref="Open"/> and more for more; null if it is no class.</summary>
    public static int? Rank(string? privacy) => privacy switch
    {
        Open => 0,
        NoLog => 1,
        Attested => 2,
        _ => null,
    };
}

/// <summary>An offer as the market lists it.</summary>
public sealed record OfferView
{
    /// <summary><see cref="MarketOffer.Id"/>.</summary>
    public required Hash256 Id { get; init; }

    /// <summary>The offer as it was signed.</summary>
    public required MarketOffer Offer { get; init; }

    /// <summary>atto-AIT for the class's pricing quantity, rounded up: what offers are sorted by.</summary>
    public required UInt256 Price { get; init; }

    /// <summary>Jobs at once that the market counts on: the signed capacity times the recent serve rate.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots that nobody holds.</summary>
    public required int Free { get; init; }

    /// <summary>Thousandths of the recent jobs that were served; 1000 for a newcomer.</summary>
    public required int ServeRate { get; init; }

    /// <summary>The provider's reputation, 0 to 1000; 500 for a newcomer (specs/market/reputation.md).</summary>
    public required int Score { get; init; }

    /// <summary>True if its provider was heard of within the heartbeat's time.</summary>
    public required bool Online { get; init; }

    /// <summary>
    /// What stands behind the offer's graphics processor: <c>none</c>, <c>claimed</c> or <c>proven</c>.
    /// </summary>
    public string GpuState => Sdk.Gpu.GpuState.Of(Offer);

    /// <summary>When it was proven, Unix time in milliseconds; null unless proven.</summary>
    public ulong? GpuProvenAtMs => Offer.GpuAttestation?.ProvenAtMs;
}

/// <summary>Answer of <c>GET /v1/offers</c>: by class, then price, then score.</summary>
/// <param name="Offers">Those that have not expired.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record OfferPage(IReadOnlyList<OfferView> Offers, string? Next = null);

/// <summary>Which offers to list.</summary>
public sealed record OfferFilter
{
    /// <summary>Only this class.</summary>
    public string? ResourceClass { get; init; }

    /// <summary>Only this provider.</summary>
    public Address? Provider { get; init; }

    /// <summary>Only this region.</summary>
    public string? Region { get; init; }

    /// <summary>At least this privacy class.</summary>
    public string? Privacy { get; init; }

    /// <summary>Only warm ones.</summary>
    public bool Warm { get; init; }

    /// <summary>At least this <see cref="GpuState"/>.</summary>
    public string? Gpu { get; init; }
}
