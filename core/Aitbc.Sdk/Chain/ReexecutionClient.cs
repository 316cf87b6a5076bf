using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// Typed client of the re-execution hook (specs/contracts/reexecution.md). Errors are those of
/// <see cref="EscrowClient"/>; the contract refuses a second dispute of a job and a second vote of a re-executor.
/// </summary>
public sealed class ReexecutionClient
{
    private static readonly AbiType FundOptions = AbiType.Parse("(uint256,address[],uint256,uint256,uint256)");
    private static readonly AbiFunction Open = AbiFunction.Parse("dispute(uint256)");
    private static readonly AbiFunction Vote = AbiFunction.Parse("vote(uint256,bytes32)");
    private static readonly AbiFunction VoteOf = AbiFunction.Parse("voteOf(uint256,address)(bytes32)");
    private static readonly AbiFunction Claimed = AbiFunction.Parse("claimedResult(uint256)(bytes32)");

    private static readonly AbiFunction Disputes =
        AbiFunction.Parse("disputes(uint256)(uint8,address,uint256,uint256,bytes32)");

    private static readonly AbiFunction Terms =
        AbiFunction.Parse("disputeTerms(uint256)(address[],uint256,uint256,uint256)");

    private static readonly Hash256 Disputed =
        AbiEvent.Parse("JobDisputed(uint256 indexed,address indexed,uint256,uint256)").Topic0;

    private readonly ChainClient chain;
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="sender">Sends the writes; null = reads only.</param>
    public ReexecutionClient(ChainClient chain, TransactionSender? sender = null)
    {
        this.chain = chain;
        calls = new ContractCalls(chain, sender, SystemContractAddresses.ReexecutionHook);
    }

    /// <summary>What the hook holds of a job; of one without it everything is zero.</summary>
    /// <remarks>The state is read first, so what belongs to the returned state is never missing.</remarks>
    /// <param name="jobId">The escrow's number.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<Dispute> DisputeAsync(ulong jobId, CancellationToken cancel = default)
    {
        var state = await calls.ReadAsync(Disputes, cancel, (UInt256)jobId).ConfigureAwait(false);
        var rest = await Task.WhenAll(
            calls.ReadAsync(Terms, cancel, (UInt256)jobId),
            calls.ReadAsync(Claimed, cancel, (UInt256)jobId)).ConfigureAwait(false);
        var (terms, claimed) = (rest[0], rest[1]);
        return new Dispute
        {
            State = (DisputeState)(int)(ulong)(UInt256)state[0]!,
            Disputer = (Address)state[1]!,
            Stake = (UInt256)state[2]!,
            Deadline = (ulong)(UInt256)state[3]!,
            Result = (Hash256)state[4]!,
            Claimed = (Hash256)claimed[0]!,
            Reexecutors = [.. ((object?[])terms[0]!).Select(m => (Address)m!)],
            Bond = (UInt256)terms[1]!,
            Fee = (UInt256)terms[2]!,
            VotingTime = (ulong)(UInt256)terms[3]!,
        };
    }

    /// <summary>What a re-executor voted for; null = it has not.</summary>
    public async Task<Hash256?> VoteOfAsync(ulong jobId, Address reexecutor, CancellationToken cancel = default)
    {
        var vote = (Hash256)(await calls.ReadAsync(VoteOf, cancel, (UInt256)jobId, reexecutor)
            .ConfigureAwait(false))[0]!;
        return vote.IsZero ? null : vote;
    }

    /// <summary>Disputes that were opened in a range of blocks, both included. The node bounds the range.</summary>
    public async Task<IReadOnlyList<OpenedDispute>> OpenedAsync(
        ulong fromBlock, ulong toBlock, CancellationToken cancel = default)
    {
        var filter = new LogFilter(fromBlock, toBlock, SystemContractAddresses.ReexecutionHook, [Disputed]);
        var logs = await chain.LogsAsync(filter, cancel).ConfigureAwait(false);
        return [.. logs.Where(l => l.Topics.Count > 1).Select(l => new OpenedDispute(
            (ulong)UInt256.FromBigEndian(l.Topics[1].ToArray()), l.BlockNumber))];
    }

    /// <summary>Client or evaluator doubt the result of a submitted job, once, within its evaluation window.</summary>
    /// <param name="disputer">Who doubts, and stakes.</param>
    /// <param name="jobId">The escrow's number.</param>
    /// <param name="stake">Bond and all fees (<see cref="JobReexecution.Stake"/>), in atto-AIT.</param>
    /// <param name="cancel">Stops the wait; it may still be disputed.</param>
    public Task<SentTransaction> DisputeAsync(
        Address disputer, ulong jobId, UInt256 stake, CancellationToken cancel = default) =>
        calls.SendAsync(disputer, Open.EncodeCall((UInt256)jobId), stake, cancel);

    /// <summary>A re-executor says what it computed, once.</summary>
    /// <param name="reexecutor">Of the committee; it pays the transaction's fee.</param>
    /// <param name="jobId">The escrow's number.</param>
    /// <param name="result">Not zero (<see cref="ReexecutionResult"/>).</param>
    /// <param name="cancel">Stops the wait; the vote may still count.</param>
    public Task<SentTransaction> VoteAsync(
        Address reexecutor, ulong jobId, Hash256 result, CancellationToken cancel = default) =>
        calls.SendAsync(reexecutor, Vote.EncodeCall((UInt256)jobId, result), default, cancel);

    /// <summary>The options of <c>openJobWithHook</c>.</summary>
    internal static byte[] Options(ulong window, JobReexecution agreed) => AbiCodec.Encode(
        FundOptions,
        (UInt256)window,
        agreed.Reexecutors.Cast<object?>().ToArray(),
        agreed.Bond,
        agreed.Fee,
        (UInt256)agreed.VotingTime);
}
