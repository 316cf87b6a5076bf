using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// Verifies receipts. Whom to trust comes from the caller (a registry, a pinned address): the address inside the file
/// proves nothing by itself.
/// </summary>
public static class ReceiptVerifier
{
    /// <summary>Verifies offline.</summary>
    /// <param name="file">The file; null = it could not be read.</param>
    /// <param name="trustedProviders">The only providers whose word counts.</param>
    public static ReceiptVerification Verify(ReceiptFile? file, IEnumerable<Address> trustedProviders)
    {
        ArgumentNullException.ThrowIfNull(trustedProviders);
        if (file?.Receipt is not { } receipt)
            return Of(ReceiptVerdict.Malformed, "The file is no receipt.");
        if (receipt.Provider != file.Provider)
            return Of(ReceiptVerdict.Malformed, "The file and the receipt in it name different providers.");
        if (receipt.EndedAtMs < receipt.StartedAtMs)
            return Of(ReceiptVerdict.Malformed, "The job ended before it started.");
        if (receipt.Gpu is { } gpu && !GpuAttestation.IsDevice(gpu.Name))
            return Of(ReceiptVerdict.Malformed, "The name of the graphics processor is no text of printable ASCII.");
        if (receipt is { Gpu: not null, Engine: JobSpec.WasmEngine or JobSpec.JsEngine })
            return Of(ReceiptVerdict.Malformed, $"Work of {receipt.Engine} runs on no graphics processor.");
        if (!trustedProviders.Contains(receipt.Provider))
            return Of(ReceiptVerdict.UnknownProvider, $"{receipt.Provider} is not a provider that is trusted here.");
        if (!Hex.TryParse(file.Signature, out var bytes) || !Signature.TryParse65(bytes, out var signature))
            return Of(ReceiptVerdict.Malformed, "The signature is not 65 bytes.");
        if (!Secp256k1.TryRecover(receipt.Digest(), signature, out var signer) || signer != receipt.Provider)
            return Of(ReceiptVerdict.BadSignature, $"{receipt.Provider} did not sign this receipt.");
        return ReceiptGpuEvidence.Problem(file) is { } problem
            ? Of(ReceiptVerdict.BadGpuProof, problem)
            : Of(ReceiptVerdict.Valid, $"Signed by {signer}.");
    }

    /// <summary>Verifies offline, and that these are the bytes the receipt is about.</summary>
    public static ReceiptVerification Verify(
        ReceiptFile? file, IEnumerable<Address> trustedProviders, ReadOnlySpan<byte> output)
    {
        var verified = Verify(file, trustedProviders);
        if (!verified.IsValid)
            return verified;
        return Keccak256.Hash(output) == file!.Receipt.OutputHash
            ? Of(ReceiptVerdict.Valid, verified.Detail + " The output has the hash in the receipt.")
            : Of(ReceiptVerdict.WrongHash, "The output is not the one that the receipt is about.");
    }

    /// <summary>Verifies offline, and that the escrow settled exactly this receipt.</summary>
    public static async Task<ReceiptVerification> VerifyOnChainAsync(
        ReceiptFile? file,
        IEnumerable<Address> trustedProviders,
        ChainClient chain,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var verified = Verify(file, trustedProviders);
        if (!verified.IsValid)
            return verified;
        var receipt = file!.Receipt;
        if (receipt.ChainId != await chain.ChainIdAsync(cancel).ConfigureAwait(false)
            || receipt.Escrow != SystemContractAddresses.JobEscrow)
        {
            return Of(ReceiptVerdict.WrongChain, "The receipt is of another chain or escrow than the node's.");
        }

        var job = await new EscrowClient(chain).FindJobAsync(receipt.JobId, cancel).ConfigureAwait(false);
        if (job is null)
            return Of(ReceiptVerdict.NotOnChain, $"The escrow knows no job {receipt.JobId}.");
        if (job.Deliverable != receipt.Digest() || job.Provider != receipt.Provider || job.Client != receipt.Client
            || job.Charge != receipt.Charge)
        {
            return Of(ReceiptVerdict.ContradictsChain, "The escrow holds something else for this job.");
        }

        return job.Status == EscrowStatus.Completed
            ? Of(ReceiptVerdict.Valid, verified.Detail + Paid(job))
            : Of(ReceiptVerdict.NotSettled, $"The job in the escrow is {job.Status}.");
    }

    /// <summary>Verifies offline, and that the receipt stands under a root that its provider published.</summary>
    public static async Task<ReceiptVerification> VerifyAnchoredAsync(
        ReceiptFile? file,
        IEnumerable<Address> trustedProviders,
        ReceiptProof? proof,
        ChainClient chain,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var verified = Verify(file, trustedProviders);
        if (!verified.IsValid)
            return verified;
        var receipt = file!.Receipt;
        if (proof?.Proof is null)
        {
            return Of(
                ReceiptVerdict.NotAnchored,
                "There is no proof before the receipt's hour is closed, some minutes after it ends.");
        }

        if (receipt.ChainId != await chain.ChainIdAsync(cancel).ConfigureAwait(false))
            return Of(ReceiptVerdict.WrongChain, "The receipt is of another chain than the node's.");
        // The provider's own tree, whatever the proof says whose it is.
        var root = await new ReceiptRootsClient(chain)
            .RootAsync(receipt.Provider, proof.Epoch, cancel).ConfigureAwait(false);
        if (root is null)
            return Of(ReceiptVerdict.NotAnchored, $"{receipt.Provider} published no root for hour {proof.Epoch}.");
        return proof.Proves(receipt, root.Root, root.Count)
            ? Of(
                ReceiptVerdict.Valid,
                $"{verified.Detail} It is receipt {proof.Index + 1} of {root.Count} under the root of hour "
                + $"{proof.Epoch}.")
            : Of(ReceiptVerdict.NotAnchored, $"The receipt does not stand under the root of hour {proof.Epoch}.");
    }

    private static string Paid(EscrowJob job) => job.IsLate
        ? $" The escrow paid exactly this receipt, less {job.Level!.Credit} atto-AIT of credit: it was submitted at"
            + $" {job.SubmittedAt}, {job.SubmittedAt - job.Level.DueAt} s later than promised."
        : " The escrow paid exactly this receipt.";

    private static ReceiptVerification Of(ReceiptVerdict verdict, string detail) => new(verdict, detail);
}
