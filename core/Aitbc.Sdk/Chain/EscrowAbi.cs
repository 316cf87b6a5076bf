using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>Functions and events of the job escrow (specs/contracts/escrow.md).</summary>
internal static class EscrowAbi
{
    public static readonly AbiFunction OpenJob =
        AbiFunction.Parse("openJob(bytes32,address,address,uint256,uint256,bytes32)(uint256)");

    public static readonly AbiFunction OpenJobWithLevel = AbiFunction.Parse(
        "openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)(uint256)");

    public static readonly AbiFunction OpenJobWithHook = AbiFunction.Parse(
        "openJobWithHook(bytes32,address,address,uint256,bytes32,address,bytes)(uint256)");

    public static readonly AbiFunction GetJob = AbiFunction.Parse(
        "getJob(uint256)"
        + "((uint256,address,address,address,string,uint256,uint256,uint8,address,address,uint256,uint256))");

    public static readonly AbiFunction JobByKey = AbiFunction.Parse("jobByKey(bytes32)(uint256)");

    public static readonly AbiFunction JobTerms =
        AbiFunction.Parse("jobTerms(uint256)(bytes32,bytes32,uint256,uint256,bytes32)");

    public static readonly AbiFunction JobLevel =
        AbiFunction.Parse("jobLevel(uint256)(uint256,uint256,uint256,uint256)");

    public static readonly AbiFunction JobCounter = AbiFunction.Parse("jobCounter()(uint256)");
    public static readonly AbiFunction Submit = AbiFunction.Parse("submit(uint256,bytes32,bytes)");
    public static readonly AbiFunction Complete = AbiFunction.Parse("complete(uint256,bytes32,bytes)");
    public static readonly AbiFunction Reject = AbiFunction.Parse("reject(uint256,bytes32,bytes)");
    public static readonly AbiFunction ClaimRefund = AbiFunction.Parse("claimRefund(uint256)");
    public static readonly AbiFunction ClaimPayment = AbiFunction.Parse("claimPayment(uint256)");

    public static readonly Hash256 JobCreated =
        AbiEvent.Parse("JobCreated(uint256 indexed,address indexed,address indexed,address,uint256,address)").Topic0;

    public static EscrowJob Job(object?[] job, EscrowTerms terms, EscrowLevel? level) => new()
    {
        Id = (ulong)(UInt256)job[0]!,
        Client = (Address)job[1]!,
        Provider = (Address)job[2]!,
        Evaluator = (Address)job[3]!,
        Description = (string)job[4]!,
        Budget = (UInt256)job[5]!,
        ExpiredAt = Saturate((UInt256)job[6]!),
        Status = (EscrowStatus)(int)(ulong)(UInt256)job[7]!,
        Hook = (Address)job[8]!,
        PaymentToken = (Address)job[9]!,
        ProviderAgentId = (UInt256)job[10]!,
        SubmittedAt = Saturate((UInt256)job[11]!),
        JobKey = terms.JobKey,
        Terms = terms.Terms,
        EvaluationWindow = terms.EvaluationWindow,
        Charge = terms.Charge,
        Deliverable = terms.Deliverable,
        Level = level,
    };

    public static EscrowTerms Terms(object?[] values) => new(
        (Hash256)values[0]!,
        (Hash256)values[1]!,
        Saturate((UInt256)values[2]!),
        (UInt256)values[3]!,
        (Hash256)values[4]!);

    public static EscrowLevel? Level(object?[] values) => ((UInt256)values[0]!).IsZero ? null : new EscrowLevel(
        Saturate((UInt256)values[0]!),
        Saturate((UInt256)values[1]!),
        Saturate((UInt256)values[2]!),
        (UInt256)values[3]!);

    private static ulong Saturate(UInt256 value) => value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;
}
