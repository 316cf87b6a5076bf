using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// A receipt with its signature, as it is kept in a file. The member names and their order are stable
/// (specs/market/receipts.md, specs/vectors/receipt.json).
/// </summary>
public sealed record ReceiptFile
{
    /// <summary>Longest file that is read, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>The signed statement.</summary>
    public required Receipt Receipt { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v over <see cref="Receipt.Digest"/>, as 0x hex.</summary>
    public required string Signature { get; init; }

    /// <summary>Who is said to have signed. A claim: trust comes from outside of the file.</summary>
    public required Address Provider { get; init; }

    /// <summary>What <see cref="ReceiptGpu.Proof"/> is the hash of; null = it is not in the file.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GpuAttestation? GpuAttestation { get; init; }

    /// <summary>The file's text, indented.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReceiptJson.Default.ReceiptFile);

    /// <summary>Reads a file. Null if it is too long or no receipt file.</summary>
    public static ReceiptFile? TryParse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, ReceiptJson.Default.ReceiptFile);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
