using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What a provider states about a finished job. Its EIP-712 digest is the deliverable in the escrow, so the
/// chain's copy commits to every field (specs/market/receipts.md).
/// </summary>
public sealed record Receipt
{
    private const string Members =
        "Receipt(bytes32 jobId,uint256 chainId,address escrow,address provider,address client,string engine,"
        + "string engineVersion,bytes32 specHash,bytes32 inputHash,bytes32 outputHash,uint256 units,string unitKind,"
        + "uint256 charge,uint64 startedAtMs,uint64 endedAtMs";

    private static readonly Eip712Type Type = Eip712Type.Parse(Members + ")");

    private static readonly Eip712Type WithGpu = Eip712Type.Parse(Members + ",string gpu,bytes32 gpuProof)");

    /// <summary>The job's id.</summary>
    public required Hash256 JobId { get; init; }

    /// <summary>EIP-155 id of the chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The escrow contract.</summary>
    public required Address Escrow { get; init; }

    /// <summary>Who did it.</summary>
    public required Address Provider { get; init; }

    /// <summary>Who pays.</summary>
    public required Address Client { get; init; }

    /// <summary>The engine.</summary>
    public required string Engine { get; init; }

    /// <summary>Its version: equal units are promised for equal versions only.</summary>
    public required string EngineVersion { get; init; }

    /// <summary><see cref="JobSpec.Hash"/>.</summary>
    public required Hash256 SpecHash { get; init; }

    /// <summary><see cref="JobSpec.InputHash"/>.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>Keccak-256 of the output's bytes.</summary>
    public required Hash256 OutputHash { get; init; }

    /// <summary>What was used.</summary>
    public required ulong Units { get; init; }

    /// <summary>What a unit is.</summary>
    public required string UnitKind { get; init; }

    /// <summary>What the provider asks, in atto-AIT.</summary>
    public required UInt256 Charge { get; init; }

    /// <summary>Start of the run, Unix time in milliseconds, by the provider's clock.</summary>
    public required ulong StartedAtMs { get; init; }

    /// <summary>End of the run, Unix time in milliseconds, by the provider's clock.</summary>
    public required ulong EndedAtMs { get; init; }

    /// <summary>
    /// The graphics processor that the work ran on; null = none is said, and the digest is that of a receipt without
    /// this member.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptGpu? Gpu { get; init; }

    /// <summary>The EIP-712 digest: what is signed, and the deliverable in the escrow.</summary>
    public Hash256 Digest() => Message().Digest();

    /// <summary>The object for eth_signTypedData_v4.</summary>
    public JsonElement ToTypedData() => Message().ToJson();

    /// <summary>Signs with the provider's account.</summary>
    public async Task<ReceiptFile> SignAsync(IWalletSigner signer, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var signature = await signer.SignTypedDataAsync(Provider, ToTypedData(), cancel).ConfigureAwait(false);
        return new ReceiptFile
        {
            Receipt = this,
            Signature = Hex.ToHex(signature.ToBytes65()),
            Provider = Provider,
        };
    }

    private TypedMessage Message()
    {
        object[] values =
        [
            JobId,
            (UInt256)ChainId,
            Escrow,
            Provider,
            Client,
            Engine,
            EngineVersion,
            SpecHash,
            InputHash,
            OutputHash,
            (UInt256)Units,
            UnitKind,
            Charge,
            (UInt256)StartedAtMs,
            (UInt256)EndedAtMs,
        ];
        var domain = MarketDomain.Of(ChainId, Escrow);
        return Gpu is { } gpu
            ? new TypedMessage(domain, WithGpu, [.. values, gpu.Name, gpu.Proof])
            : new TypedMessage(domain, Type, values);
    }
}

/// <summary>What a receipt says of the graphics processor: the provider's word, and what stands behind it.</summary>
/// <param name="Name"><see cref="Gpu.GpuAttestation.Device"/>.</param>
/// <param name="Proof"><see cref="Gpu.GpuAttestation.Hash"/> of an attestation; zero = merely claimed.</param>
public sealed record ReceiptGpu(string Name, Hash256 Proof);
