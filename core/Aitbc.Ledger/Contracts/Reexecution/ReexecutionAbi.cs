using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>Functions, events and errors of the re-execution hook (specs/contracts/reexecution.md).</summary>
internal static class ReexecutionAbi
{
    public const string DomainName = "AITBC Reexecution";
    public const string DomainVersion = "1";

    /// <summary>Bytes of <c>submit</c>'s options with a charge and a result.</summary>
    public const int ClaimLength = 64;

    /// <summary>Behind the caller in the data of fund: window, re-executors, bond, fee, seconds to vote.</summary>
    public static readonly AbiType Terms = AbiType.Parse("(uint256,address[],uint256,uint256,uint256)");

    public static readonly AbiType FundData = AbiType.Parse("(address,bytes)");
    public static readonly AbiType SubmitData = AbiType.Parse("(address,bytes32,bytes)");

    public static readonly Eip712Type VerdictType = Eip712Type.Parse("Verdict(uint256 jobId,bytes32 result)");

    public static readonly AbiFunction Dispute = AbiFunction.Parse("dispute(uint256)");
    public static readonly AbiFunction Vote = AbiFunction.Parse("vote(uint256,bytes32)");
    public static readonly AbiFunction VoteFor = AbiFunction.Parse("voteFor(uint256,address,bytes32,bytes)");

    public static readonly AbiFunction Disputes =
        AbiFunction.Parse("disputes(uint256)(uint8,address,uint256,uint256,bytes32)");

    public static readonly AbiFunction DisputeTerms =
        AbiFunction.Parse("disputeTerms(uint256)(address[],uint256,uint256,uint256)");

    public static readonly AbiFunction ClaimedResult = AbiFunction.Parse("claimedResult(uint256)(bytes32)");
    public static readonly AbiFunction VoteOf = AbiFunction.Parse("voteOf(uint256,address)(bytes32)");
    public static readonly AbiFunction TotalHeld = AbiFunction.Parse("totalHeld()(uint256)");
    public static readonly AbiFunction SupportsInterface = AbiFunction.Parse("supportsInterface(bytes4)(bool)");

    public static readonly AbiFunction Eip712Domain =
        AbiFunction.Parse("eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])");

    public static readonly AbiEvent TermsAgreed = AbiEvent.Parse(
        "DisputeTermsAgreed(uint256 indexed jobId,address[] reexecutors,uint256 bond,uint256 fee,uint256 votingTime)");

    public static readonly AbiEvent Disputed =
        AbiEvent.Parse("JobDisputed(uint256 indexed jobId,address indexed disputer,uint256 stake,uint256 deadline)");

    public static readonly AbiEvent Voted =
        AbiEvent.Parse("VerdictGiven(uint256 indexed jobId,address indexed reexecutor,bytes32 result)");

    public static readonly AbiEvent Resolved =
        AbiEvent.Parse("DisputeResolved(uint256 indexed jobId,uint8 state,bytes32 result)");

    public static RevertException Error(string name) => RevertException.Custom(AbiFunction.Parse(name + "()"));
}
