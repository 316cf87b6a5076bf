using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Payments;

/// <summary>Finds the transactions that moved a job in the escrow. What the node does not tell is unknown.</summary>
internal sealed class ChainEvidence(ChainClient chain, EscrowClient escrow)
{
    private static readonly Hash256 Funded =
        AbiEvent.Parse("JobFunded(uint256 indexed,address indexed,uint256)").Topic0;

    private static readonly Hash256 Submitted =
        AbiEvent.Parse("JobSubmitted(uint256 indexed,address indexed,bytes32)").Topic0;

    private static readonly Hash256 Completed =
        AbiEvent.Parse("JobCompleted(uint256 indexed,address indexed,bytes32)").Topic0;

    private static readonly Hash256 Rejected =
        AbiEvent.Parse("JobRejected(uint256 indexed,address indexed,bytes32)").Topic0;

    private static readonly Hash256 Disputed =
        AbiEvent.Parse("JobDisputed(uint256 indexed,address indexed,uint256,uint256)").Topic0;

    private static readonly Hash256 Expired = AbiEvent.Parse("JobExpired(uint256 indexed)").Topic0;

    public async Task<Hash256?> OfAsync(JobRow row, ulong escrowJob, JobState state, CancellationToken cancel)
    {
        Hash256[] wanted = state switch
        {
            JobState.Funded => [Funded],
            JobState.Submitted => [Submitted],
            JobState.Disputed => [Disputed],
            JobState.Settled => [Completed],
            JobState.Refunded => [Rejected, Expired],
            _ => [],
        };
        var number = new byte[Hash256.Length];
        ((UInt256)escrowJob).WriteBigEndian(number);
        var contract = state == JobState.Disputed ? SystemContractAddresses.ReexecutionHook : escrow.Escrow;
        var filter = new LogFilter((ulong)row.QuotedAtBlock, null, contract, [null, Hash256.FromBytes(number)]);
        try
        {
            var logs = await chain.LogsAsync(filter, cancel);
            return logs.LastOrDefault(l => l.Topics.Count > 1 && wanted.Contains(l.Topics[0]))?.TransactionHash;
        }
        catch (RpcException)
        {
            return null; // the range exceeds what the node serves
        }
    }
}
