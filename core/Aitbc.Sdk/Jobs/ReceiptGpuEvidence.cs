using System.Globalization;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Sdk.Jobs;

/// <summary>What stands behind the graphics processor of a receipt (specs/market/receipts.md).</summary>
/// <param name="State">
/// One of <see cref="GpuState"/>. <see cref="GpuState.Proven"/> only if the attestation is in the file.
/// </param>
/// <param name="Sentence">The same for people.</param>
public sealed record ReceiptGpuEvidence(string State, string Sentence)
{
    /// <summary>Reads a file that <see cref="ReceiptVerifier"/> found valid; of another it means nothing.</summary>
    public static ReceiptGpuEvidence Of(ReceiptFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Receipt.Gpu is not { } gpu)
            return new(GpuState.None, "none is said");
        if (gpu.Proof.IsZero)
            return new(GpuState.Claimed, $"{gpu.Name}, merely claimed");
        return file.GpuAttestation is { } seen
            ? new(GpuState.Proven, Describe(seen))
            : new(GpuState.Claimed, $"{gpu.Name}, claimed; the attestation {gpu.Proof} is not in the file");
    }

    /// <summary>Null if receipt and attestation agree; otherwise what is wrong.</summary>
    internal static string? Problem(ReceiptFile file)
    {
        var receipt = file.Receipt;
        if (file.GpuAttestation is not { } seen)
            return null;
        if (receipt.Gpu is not { } gpu || seen.Hash(receipt.ChainId, receipt.Escrow) != gpu.Proof)
            return "The attestation in the file is not the one that the receipt names.";
        if (seen.Problem(receipt.Provider, gpu.Name, receipt.ChainId, receipt.Escrow) is { } problem)
            return problem;
        return seen.IsCurrent(receipt.StartedAtMs)
            ? null : "The attestation is older than seven days at the start of the work, or of later.";
    }

    private static string Describe(GpuAttestation seen)
    {
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(seen.ProvenAtMs)
            .ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"{seen.Device}, proven to {seen.Asker} at {at} ({seen.Work().Bytes >> 20} MiB in {seen.ElapsedMs} ms, "
            + $"{seen.LanesChecked} lanes checked)";
    }
}
