using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Gpu;

/// <summary>
/// What an asker saw of a provider's device, signed by the asker (specs/provider.md, "Attestation"): it asked this
/// work at one moment and had right results at another. That a device of this name did it is the provider's claim;
/// bytes and time stand here for the reader.
/// </summary>
public sealed record GpuAttestation
{
    /// <summary>So long it is evidence of what a provider has, in milliseconds: seven days.</summary>
    public const ulong LongestAgeMs = 7UL * 86_400_000;

    /// <summary>The clocks of an asker and of a provider differ by at most so many milliseconds.</summary>
    public const ulong ClockToleranceMs = 300_000;

    /// <summary>Longest name of a device.</summary>
    public const int LongestDevice = 96;

    /// <summary>The most MiB that a device is claimed to have: 16 TiB.</summary>
    public const ulong MostMemoryMib = 1 << 24;

    // The last millisecond of the year 9999.
    private const ulong LatestMs = 253_402_300_799_999;

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "GpuAttestation(address provider,string device,uint64 memoryMib,bytes32 seed,uint32 lanes,uint32 steps,"
        + "bytes32 digest,uint64 elapsedMs,uint32 lanesChecked,address asker,uint64 provenAtMs)");

    /// <summary>Who answered.</summary>
    public required Address Provider { get; init; }

    /// <summary>The device as the provider names it: 1 to 96 printable ASCII characters.</summary>
    public required string Device { get; init; }

    /// <summary>MiB that the provider says it has, 1 to 2^24; not what the work filled.</summary>
    public required ulong MemoryMib { get; init; }

    /// <summary><see cref="GpuWork.Seed"/>.</summary>
    public required Hash256 Seed { get; init; }

    /// <summary><see cref="GpuWork.Lanes"/>.</summary>
    public required int Lanes { get; init; }

    /// <summary><see cref="GpuWork.Steps"/>; the work fills lanes × steps KiB.</summary>
    public required int Steps { get; init; }

    /// <summary>Keccak-256 of the results of all lanes.</summary>
    public required Hash256 Digest { get; init; }

    /// <summary>Milliseconds from question to answer by the asker's clock, both ways included.</summary>
    public required ulong ElapsedMs { get; init; }

    /// <summary>Lanes that the asker chose after the answer and computed itself, from 1.</summary>
    public required int LanesChecked { get; init; }

    /// <summary>Who asked, checked and signed. Whom to believe is the reader's choice.</summary>
    public required Address Asker { get; init; }

    /// <summary>When the answer came, Unix time in milliseconds, by the asker's clock.</summary>
    public required ulong ProvenAtMs { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v of the asker over <see cref="Hash"/>, as 0x hex.</summary>
    public string Signature { get; init => field = value ?? ""; } = "";

    /// <summary>Whether this may be the name of a device: short enough, and nothing but printable ASCII.</summary>
    public static bool IsDevice(string? name) =>
        name is { Length: > 0 and <= LongestDevice } && name.All(c => c is >= ' ' and <= '~');

    /// <summary>The EIP-712 digest: what is signed, and what offers and receipts name as the proof.</summary>
    public Hash256 Hash(ulong chainId, Address escrow) => Message(chainId, escrow).Digest();

    /// <summary>The object for eth_signTypedData_v4.</summary>
    public JsonElement ToTypedData(ulong chainId, Address escrow) => Message(chainId, escrow).ToJson();

    /// <summary>The same, signed by the asker's account.</summary>
    public async Task<GpuAttestation> SignAsync(
        IWalletSigner signer, ulong chainId, Address escrow, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var signature = await signer
            .SignTypedDataAsync(Asker, ToTypedData(chainId, escrow), cancel).ConfigureAwait(false);
        return this with { Signature = Hex.ToHex(signature.ToBytes65()) };
    }

    /// <summary>True if the asker that it names signed exactly this for this market.</summary>
    public bool IsSignedByAsker(ulong chainId, Address escrow) =>
        Hex.TryParse(Signature, out var bytes)
        && Primitives.Crypto.Signature.TryParse65(bytes, out var parsed)
        && Secp256k1.TryRecover(Hash(chainId, escrow), parsed, out var signer)
        && signer == Asker;

    /// <summary>
    /// Null if it is whole, signed by an asker other than the provider, and about this provider's device; otherwise
    /// what is wrong, as a sentence.
    /// </summary>
    public string? Problem(Address provider, string device, ulong chainId, Address escrow)
    {
        if (!IsDevice(Device) || MemoryMib is 0 or > MostMemoryMib || Work().Problem() is not null
            || LanesChecked < 1 || LanesChecked > Lanes || ProvenAtMs > LatestMs)
            return "The attestation has values out of their range.";
        if (Provider != provider || Device != device)
            return "The attestation is about another provider or device.";
        if (Asker == Provider)
            return "The provider attests its own device.";
        return IsSignedByAsker(chainId, escrow) ? null : $"{Asker} did not sign this attestation.";
    }

    /// <summary>
    /// Whether it was evidence at a moment of another clock: not older than <see cref="LongestAgeMs"/>, and not of
    /// later.
    /// </summary>
    /// <param name="atMs">Unix time in milliseconds.</param>
    public bool IsCurrent(ulong atMs) =>
        ProvenAtMs <= (UInt128)atMs + ClockToleranceMs
        && atMs <= (UInt128)ProvenAtMs + LongestAgeMs + ClockToleranceMs;

    /// <summary>The work that was asked.</summary>
    public GpuWork Work() => new() { Seed = Seed, Lanes = Lanes, Steps = Steps };

    private TypedMessage Message(ulong chainId, Address escrow) => new(
        MarketDomain.Of(chainId, escrow),
        Type,
        Provider,
        Device,
        (UInt256)MemoryMib,
        Seed,
        (UInt256)(ulong)Math.Max(Lanes, 0),
        (UInt256)(ulong)Math.Max(Steps, 0),
        Digest,
        (UInt256)ElapsedMs,
        (UInt256)(ulong)Math.Max(LanesChecked, 0),
        Asker,
        (UInt256)ProvenAtMs);
}
