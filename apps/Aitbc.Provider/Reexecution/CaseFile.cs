using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Provider.Reexecution;

/// <summary>Whether the provider handed over what it claims on the chain.</summary>
internal enum Handover
{
    /// <summary>Nothing, or not all of it: it may come.</summary>
    Missing,

    /// <summary>Something else than it claims, or not to the letter of the terms.</summary>
    Wrong,

    /// <summary>What it claims: whether that is right is to be computed.</summary>
    Complete,
}

/// <summary>
/// What a coordinator has of a disputed job, checked against the chain: terms and specification are those that were
/// funded, receipt and output those that were delivered for them. Its word alone counts for nothing.
/// </summary>
internal sealed class CaseFile(CoordinatorLink coordinator)
{
    /// <summary>Null when the coordinator has no such job for this account, or tells another than was funded.</summary>
    public async Task<JobView?> OpenAsync(EscrowJob escrow, CancellationToken cancel)
    {
        var job = await coordinator.JobAsync(escrow.JobKey, cancel);
        return job is { Terms.Reexecution: not null } && job.Terms.Hash() == escrow.Terms
            && job.Spec.Problem() is null && job.Spec.Hash() == job.Terms.SpecHash ? job : null;
    }

    public async Task<Handover> HandoverAsync(
        JobView job, EscrowJob escrow, Dispute dispute, CancellationToken cancel)
    {
        if (await coordinator.ReceiptAsync(escrow.JobKey, cancel) is not { } file)
            return Handover.Missing;
        if (ReceiptRules.Problem(job.Terms, job.Spec, file) is not null
            || ReexecutionResult.Difference(job.Terms, file.Receipt, escrow, dispute.Claimed) is not null)
            return Handover.Wrong;
        return await coordinator.OutputAsync(escrow.JobKey, cancel) is { } output
            && Keccak256.Hash(output) == file.Receipt.OutputHash ? Handover.Complete : Handover.Missing;
    }

    /// <summary>The blobs that the job reads.</summary>
    public async Task<IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>>> InputsAsync(
        JobView job, IReadOnlyList<Hash256> needed, CancellationToken cancel)
    {
        var gathered = new Dictionary<Hash256, ReadOnlyMemory<byte>>();
        foreach (var hash in needed.Distinct())
            gathered[hash] = await coordinator.JobBlobAsync(job.Terms.JobId, hash, cancel);
        return gathered;
    }
}
