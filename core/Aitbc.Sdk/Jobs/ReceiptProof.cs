using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// Where a receipt stands in the tree of its hour (specs/provider/receipts.md), as the provider says. It proves
/// something only together with the root and the count that the chain holds.
/// </summary>
public sealed record ReceiptProof
{
    /// <summary>Longest file that is read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The receipt's job.</summary>
    public required Hash256 JobId { get; init; }

    /// <summary>EIP-712 digest of the receipt.</summary>
    public required Hash256 Digest { get; init; }

    /// <summary>Whose tree.</summary>
    public required Address Provider { get; init; }

    /// <summary>The hour: Unix seconds divided by 3600.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Place of the leaf, from 0.</summary>
    public required ulong Index { get; init; }

    /// <summary>Leaves of the tree; null while the hour is not closed.</summary>
    public ulong? Count { get; init; }

    /// <summary>Root of the tree; null while the hour is not closed.</summary>
    public Hash256? Root { get; init; }

    /// <summary>Neighbours from the leaf up; null while the hour is not closed.</summary>
    public IReadOnlyList<Hash256>? Proof { get; init; }

    /// <summary>Whether the provider says that it published the root.</summary>
    public required bool Published { get; init; }

    /// <summary>True if a receipt stands at this place of the tree of that root and size.</summary>
    /// <param name="receipt">The receipt; its own digest is what counts.</param>
    /// <param name="root">The root that the chain holds.</param>
    /// <param name="count">The count that the chain holds.</param>
    public bool Proves(Receipt receipt, Hash256 root, ulong count)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return Proof is not null && ReceiptTree.Verify(
            root, count, ReceiptTree.Leaf(receipt.JobId, receipt.Digest()), Index, Proof);
    }

    /// <summary>The text of a file, indented.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReceiptJson.Default.ReceiptProof);

    /// <summary>Reads a proof. Null if it is too long or none.</summary>
    public static ReceiptProof? TryParse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize(json, ReceiptJson.Default.ReceiptProof);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
