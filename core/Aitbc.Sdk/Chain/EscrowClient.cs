using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// Typed client of the job escrow contract. Reads need only a <see cref="ChainClient"/>; writes need a
/// <see cref="TransactionSender"/>. A write whose call would revert throws <see cref="RpcException"/> with
/// <see cref="RpcException.Revert"/> set before anything is sent; one that reverts in its block throws
/// <see cref="TransactionRevertedException"/>. Every write may be repeated: the contract's state refuses the second.
/// </summary>
public sealed class EscrowClient
{
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="sender">Sends the writes; null = reads only.</param>
    /// <param name="escrow">The contract; null = <see cref="SystemContractAddresses.JobEscrow"/>.</param>
    public EscrowClient(ChainClient chain, TransactionSender? sender = null, Address? escrow = null)
    {
        Escrow = escrow ?? SystemContractAddresses.JobEscrow;
        calls = new ContractCalls(chain, sender, Escrow);
    }

    /// <summary>The contract's address.</summary>
    public Address Escrow { get; }

    /// <summary>How many jobs were ever created; ids run from 1 to this.</summary>
    public async Task<ulong> JobCountAsync(CancellationToken cancel = default) =>
        (ulong)(UInt256)(await ReadAsync(EscrowAbi.JobCounter, cancel).ConfigureAwait(false))[0]!;

    /// <summary>A job by the contract's number, or null if there is none.</summary>
    /// <remarks>
    /// Terms and level are read after the state, so what belongs to the returned state is never missing.
    /// </remarks>
    public async Task<EscrowJob?> GetJobAsync(ulong jobId, CancellationToken cancel = default)
    {
        if (jobId == 0)
            return null;
        var answer = await ReadAsync(EscrowAbi.GetJob, cancel, (UInt256)jobId).ConfigureAwait(false);
        var job = (object?[])answer[0]!;
        if (((UInt256)job[0]!).IsZero)
            return null;
        var (terms, level) = (JobTermsAsync(jobId, cancel), JobLevelAsync(jobId, cancel));
        await Task.WhenAll(terms, level).ConfigureAwait(false);
        return await terms.ConfigureAwait(false) is { } known
            ? EscrowAbi.Job(job, known, await level.ConfigureAwait(false)) : null;
    }

    /// <summary>The contract's number of the job with an AITBC job id, or null if none was opened.</summary>
    public async Task<ulong?> JobByKeyAsync(Hash256 jobKey, CancellationToken cancel = default)
    {
        var answer = await ReadAsync(EscrowAbi.JobByKey, cancel, jobKey).ConfigureAwait(false);
        var id = (ulong)(UInt256)answer[0]!;
        return id == 0 ? null : id;
    }

    /// <summary>The job with an AITBC job id, or null if none was opened.</summary>
    public async Task<EscrowJob?> FindJobAsync(Hash256 jobKey, CancellationToken cancel = default) =>
        await JobByKeyAsync(jobKey, cancel).ConfigureAwait(false) is { } id
            ? await GetJobAsync(id, cancel).ConfigureAwait(false)
            : null;

    /// <summary>The AITBC part of a job, or null if there is no such job.</summary>
    public async Task<EscrowTerms?> JobTermsAsync(ulong jobId, CancellationToken cancel = default)
    {
        try
        {
            return EscrowAbi.Terms(
                await ReadAsync(EscrowAbi.JobTerms, cancel, (UInt256)jobId).ConfigureAwait(false));
        }
        catch (RpcException e) when (e.IsRevert("InvalidJob"))
        {
            return null;
        }
    }

    /// <summary>The level of a job, or null if nothing was promised or there is no such job.</summary>
    public async Task<EscrowLevel?> JobLevelAsync(ulong jobId, CancellationToken cancel = default)
    {
        try
        {
            return EscrowAbi.Level(
                await ReadAsync(EscrowAbi.JobLevel, cancel, (UInt256)jobId).ConfigureAwait(false));
        }
        catch (RpcException e) when (e.IsRevert("InvalidJob"))
        {
            return null;
        }
    }

    /// <summary>
    /// Opens and pays a job in one transaction. Repeating it with the same client key finds the first job.
    /// </summary>
    public async Task<OpenedJob> OpenJobAsync(
        Address client, OpenJobRequest request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var sent = await SendAsync(client, Opening(request), request.Budget, cancel).ConfigureAwait(false);
            return new OpenedJob(CreatedJobId(sent.Receipt), sent);
        }
        catch (RpcException e) when (UsedBy(e.Revert) is { } earlier)
        {
            return new OpenedJob(earlier, null);
        }
        catch (TransactionRevertedException e) when (UsedBy(e.Revert) is { } earlier)
        {
            return new OpenedJob(earlier, null);
        }
    }

    /// <summary>The provider delivers.</summary>
    /// <param name="provider">The paying and delivering account.</param>
    /// <param name="jobId">The contract's number.</param>
    /// <param name="deliverable">Digest of the receipt.</param>
    /// <param name="charge">What it asks, in atto-AIT, at most the budget; null = the whole budget.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<SentTransaction> SubmitAsync(
        Address provider, ulong jobId, Hash256 deliverable, UInt256? charge, CancellationToken cancel = default)
    {
        var options = new byte[charge is null ? 0 : UInt256.Length];
        charge?.WriteBigEndian(options);
        return SendAsync(
            provider, EscrowAbi.Submit.EncodeCall((UInt256)jobId, deliverable, options), default, cancel);
    }

    /// <summary>The provider delivers a job with the re-execution hook.</summary>
    /// <param name="provider">The paying and delivering account.</param>
    /// <param name="jobId">The contract's number.</param>
    /// <param name="deliverable">Digest of the receipt.</param>
    /// <param name="charge">What it asks, in atto-AIT, at most the budget.</param>
    /// <param name="result">What is voted on if somebody disputes it; not zero.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<SentTransaction> SubmitAsync(
        Address provider, ulong jobId, Hash256 deliverable, UInt256 charge, Hash256 result,
        CancellationToken cancel = default)
    {
        var options = new byte[UInt256.Length + Hash256.Length];
        charge.WriteBigEndian(options);
        result.CopyTo(options.AsSpan(UInt256.Length));
        return SendAsync(
            provider, EscrowAbi.Submit.EncodeCall((UInt256)jobId, deliverable, options), default, cancel);
    }

    /// <summary>The evaluator accepts: the provider is paid its charge, the rest returns to the client.</summary>
    public Task<SentTransaction> CompleteAsync(
        Address evaluator, ulong jobId, Hash256 reason = default, CancellationToken cancel = default) =>
        SendAsync(
            evaluator, EscrowAbi.Complete.EncodeCall((UInt256)jobId, reason, Array.Empty<byte>()), default, cancel);

    /// <summary>
    /// The evaluator (or the client while the job is open) refuses: everything held returns to the client.
    /// </summary>
    public Task<SentTransaction> RejectAsync(
        Address caller, ulong jobId, Hash256 reason = default, CancellationToken cancel = default) =>
        SendAsync(
            caller, EscrowAbi.Reject.EncodeCall((UInt256)jobId, reason, Array.Empty<byte>()), default, cancel);

    /// <summary>Anyone, after the expiry: everything held returns to the client.</summary>
    public Task<SentTransaction> ClaimRefundAsync(Address caller, ulong jobId, CancellationToken cancel = default) =>
        SendAsync(caller, EscrowAbi.ClaimRefund.EncodeCall((UInt256)jobId), default, cancel);

    /// <summary>Anyone, after the evaluation window: the provider is paid though the evaluator was silent.</summary>
    public Task<SentTransaction> ClaimPaymentAsync(Address caller, ulong jobId, CancellationToken cancel = default) =>
        SendAsync(caller, EscrowAbi.ClaimPayment.EncodeCall((UInt256)jobId), default, cancel);

    private static byte[] Opening(OpenJobRequest request)
    {
        if (request.Reexecution is { } again)
            return EscrowAbi.OpenJobWithHook.EncodeCall(
                request.ClientKey,
                request.Provider,
                request.Evaluator,
                (UInt256)request.ExpiredAt,
                request.Terms,
                SystemContractAddresses.ReexecutionHook,
                ReexecutionClient.Options(request.EvaluationWindow, again));
        object?[] arguments =
        [
            request.ClientKey,
            request.Provider,
            request.Evaluator,
            (UInt256)request.ExpiredAt,
            (UInt256)request.EvaluationWindow,
            request.Terms,
        ];
        return request.Level is not { } level
            ? EscrowAbi.OpenJob.EncodeCall(arguments)
            : EscrowAbi.OpenJobWithLevel.EncodeCall(
                [.. arguments, (UInt256)(ulong)Math.Max(level.Seconds, 0), (UInt256)(ulong)Math.Max(level.Credit, 0)]);
    }

    private static ulong? UsedBy(RevertReason? revert) =>
        revert is { Name: "JobKeyUsed", Arguments: [UInt256 id] } ? (ulong)id : null;

    private Task<object?[]> ReadAsync(
        AbiFunction function, CancellationToken cancel, params object?[] arguments) =>
        calls.ReadAsync(function, cancel, arguments);

    private Task<SentTransaction> SendAsync(
        Address from, ReadOnlyMemory<byte> data, UInt256 value, CancellationToken cancel) =>
        calls.SendAsync(from, data, value, cancel);

    private ulong CreatedJobId(TransactionReceipt receipt)
    {
        var created = receipt.Logs.FirstOrDefault(l =>
            l.Address.Equals(Escrow) && l.Topics.Count > 1 && l.Topics[0].Equals(EscrowAbi.JobCreated));
        return created is null
            ? throw new InvalidOperationException(
                $"Transaction {receipt.TransactionHash} succeeded without the event JobCreated.")
            : (ulong)UInt256.FromBigEndian(created.Topics[1].ToArray());
    }
}
