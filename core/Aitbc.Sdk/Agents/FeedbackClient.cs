using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Sdk.Agents;

/// <summary>What clients said of an agent, as the registry sums it up.</summary>
/// <param name="Clients">How many clients said something; nobody checked who they are.</param>
/// <param name="Count">How often.</param>
/// <param name="Mean">The mean of 0 to 100, rounded towards zero.</param>
public sealed record FeedbackSummary(int Clients, ulong Count, int Mean);

/// <summary>
/// Typed client of the ERC-8004 reputation registry (specs/contracts/reputation.md, 5). Writes throw as those of
/// <see cref="EscrowClient"/> do. Feedback that is given here rests on a receipt that the escrow paid: its address
/// names the job and its hash is the deliverable, so that anybody can look the job up.
/// </summary>
public sealed class FeedbackClient
{
    /// <summary>Best value; 0 is the worst.</summary>
    public const int Best = 100;

    /// <summary>The first tag: values are 0 to 100 (ERC-8004, conventions).</summary>
    public const string Stars = "starred";

    private static readonly AbiFunction Give =
        AbiFunction.Parse("giveFeedback(uint256,int128,uint8,string,string,string,string,bytes32)");

    private static readonly AbiFunction Summary =
        AbiFunction.Parse("getSummary(uint256,address[],string,string)(uint64,int128,uint8)");

    private static readonly AbiFunction Clients = AbiFunction.Parse("getClients(uint256)(address[])");
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="sender">Sends the writes; null = reads only.</param>
    public FeedbackClient(ChainClient chain, TransactionSender? sender = null) =>
        calls = new ContractCalls(chain, sender, SystemContractAddresses.AgentReputation);

    /// <summary>The second tag: the week in which the job ended, by its receipt.</summary>
    public static string WeekTag(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return $"week-{ReputationTally.WeekOf((long)(receipt.EndedAtMs / 1000))}";
    }

    /// <summary>The address of feedback on a job, <c>urn:aitbc:job:</c> and its id.</summary>
    public static string AddressOf(Hash256 job) => $"urn:aitbc:job:{job}";

    /// <summary>
    /// Whether the receipt's client has said something of the agent for the receipt's week, and not taken it back.
    /// </summary>
    public async Task<bool> IsGivenAsync(ulong agent, Receipt receipt, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var answer = await calls.ReadAsync(
            Summary, cancel, (UInt256)agent, new object?[] { receipt.Client }, Stars, WeekTag(receipt))
            .ConfigureAwait(false);
        return !((UInt256)answer[0]!).IsZero;
    }

    /// <summary>
    /// Says how a job was, from the account that paid it. The registry takes any number of them: ask
    /// <see cref="IsGivenAsync"/> before.
    /// </summary>
    /// <param name="agent">The agent's number; its owner cannot speak of it.</param>
    /// <param name="receipt">Of the job.</param>
    /// <param name="value">0 to <see cref="Best"/>.</param>
    /// <param name="cancel">Stops the wait; it may still be given.</param>
    public Task<SentTransaction> GiveAsync(
        ulong agent, Receipt receipt, int value, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Best);
        var data = Give.EncodeCall(
            (UInt256)agent,
            new BigInteger(value),
            UInt256.Zero,
            Stars,
            WeekTag(receipt),
            "",
            AddressOf(receipt.JobId),
            receipt.Digest());
        return calls.SendAsync(receipt.Client, data, default, cancel);
    }

    /// <summary>What all clients together said of an agent; null if nobody did.</summary>
    public async Task<FeedbackSummary?> SummaryAsync(ulong agent, CancellationToken cancel = default)
    {
        var clients = (object?[])(await calls.ReadAsync(Clients, cancel, (UInt256)agent).ConfigureAwait(false))[0]!;
        if (clients.Length == 0)
            return null;
        var answer = await calls.ReadAsync(Summary, cancel, (UInt256)agent, clients, Stars, "").ConfigureAwait(false);
        var count = (ulong)(UInt256)answer[0]!;
        var mean = (BigInteger)answer[1]! / BigInteger.Pow(10, (int)(ulong)(UInt256)answer[2]!);
        // Others' feedback may be anything.
        return count == 0
            ? null
            : new FeedbackSummary(clients.Length, count, (int)BigInteger.Min(BigInteger.Max(mean, 0), Best));
    }
}
