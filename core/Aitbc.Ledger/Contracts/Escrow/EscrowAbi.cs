using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>
/// Functions, events and errors of ERC-8183 (base-contracts c67e160) and of this profile (specs/contracts/escrow.md).
/// </summary>
internal static class EscrowAbi
{
    public const string JobTuple =
        "(uint256,address,address,address,string,uint256,uint256,uint8,address,address,uint256,uint256)";

    public static readonly AbiFunction CreateJob =
        AbiFunction.Parse("createJob(address,address,uint256,string,address,uint256)(uint256)");

    public static readonly AbiFunction SetProvider = AbiFunction.Parse("setProvider(uint256,address,uint256)");
    public static readonly AbiFunction SetBudget = AbiFunction.Parse("setBudget(uint256,address,uint256,bytes)");
    public static readonly AbiFunction Fund = AbiFunction.Parse("fund(uint256,uint256,bytes)");
    public static readonly AbiFunction Submit = AbiFunction.Parse("submit(uint256,bytes32,bytes)");
    public static readonly AbiFunction Complete = AbiFunction.Parse("complete(uint256,bytes32,bytes)");
    public static readonly AbiFunction Reject = AbiFunction.Parse("reject(uint256,bytes32,bytes)");
    public static readonly AbiFunction ClaimRefund = AbiFunction.Parse("claimRefund(uint256)");
    public static readonly AbiFunction ClaimPayment = AbiFunction.Parse("claimPayment(uint256)");

    public static readonly AbiFunction OpenJob =
        AbiFunction.Parse("openJob(bytes32,address,address,uint256,uint256,bytes32)(uint256)");

    public static readonly AbiFunction OpenJobWithHook = AbiFunction.Parse(
        "openJobWithHook(bytes32,address,address,uint256,bytes32,address,bytes)(uint256)");

    public static readonly AbiFunction OpenJobWithLevel = AbiFunction.Parse(
        "openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)(uint256)");

    public static readonly AbiFunction GetJob = AbiFunction.Parse($"getJob(uint256)({JobTuple})");
    public static readonly AbiFunction Jobs = AbiFunction.Parse($"jobs(uint256){JobTuple}");
    public static readonly AbiFunction JobCounter = AbiFunction.Parse("jobCounter()(uint256)");
    public static readonly AbiFunction JobByKey = AbiFunction.Parse("jobByKey(bytes32)(uint256)");

    public static readonly AbiFunction JobTerms =
        AbiFunction.Parse("jobTerms(uint256)(bytes32,bytes32,uint256,uint256,bytes32)");

    public static readonly AbiFunction JobLevel =
        AbiFunction.Parse("jobLevel(uint256)(uint256,uint256,uint256,uint256)");

    public static readonly AbiFunction PlatformFeeBp = AbiFunction.Parse("platformFeeBP()(uint256)");
    public static readonly AbiFunction EvaluatorFeeBp = AbiFunction.Parse("evaluatorFeeBP()(uint256)");
    public static readonly AbiFunction PlatformTreasury = AbiFunction.Parse("platformTreasury()(address)");
    public static readonly AbiFunction WhitelistedHooks = AbiFunction.Parse("whitelistedHooks(address)(bool)");
    public static readonly AbiFunction GracePeriod = AbiFunction.Parse("EVALUATION_GRACE_PERIOD()(uint256)");

    public static readonly AbiFunction AdminRole = AbiFunction.Parse("ADMIN_ROLE()(bytes32)");
    public static readonly AbiFunction HasRole = AbiFunction.Parse("hasRole(bytes32,address)(bool)");
    public static readonly AbiFunction SetPlatformFee = AbiFunction.Parse("setPlatformFee(uint256,address)");
    public static readonly AbiFunction SetEvaluatorFee = AbiFunction.Parse("setEvaluatorFee(uint256)");
    public static readonly AbiFunction SetHookWhitelist = AbiFunction.Parse("setHookWhitelist(address,bool)");

    public static readonly AbiEvent JobCreated = AbiEvent.Parse(
        "JobCreated(uint256 indexed,address indexed,address indexed,address,uint256,address)");

    public static readonly AbiEvent ProviderSet =
        AbiEvent.Parse("ProviderSet(uint256 indexed,address indexed,uint256)");

    public static readonly AbiEvent BudgetSet = AbiEvent.Parse("BudgetSet(uint256 indexed,address indexed,uint256)");
    public static readonly AbiEvent JobFunded = AbiEvent.Parse("JobFunded(uint256 indexed,address indexed,uint256)");

    public static readonly AbiEvent JobSubmitted =
        AbiEvent.Parse("JobSubmitted(uint256 indexed,address indexed,bytes32)");

    public static readonly AbiEvent LevelMissed = AbiEvent.Parse("LevelMissed(uint256 indexed,uint256,uint256)");

    public static readonly AbiEvent JobCompleted =
        AbiEvent.Parse("JobCompleted(uint256 indexed,address indexed,bytes32)");

    public static readonly AbiEvent JobRejected =
        AbiEvent.Parse("JobRejected(uint256 indexed,address indexed,bytes32)");

    public static readonly AbiEvent JobExpired = AbiEvent.Parse("JobExpired(uint256 indexed)");

    public static readonly AbiEvent PaymentReleased =
        AbiEvent.Parse("PaymentReleased(uint256 indexed,address indexed,uint256)");

    public static readonly AbiEvent PlatformFeePaid =
        AbiEvent.Parse("PlatformFeePaid(uint256 indexed,address indexed,uint256)");

    public static readonly AbiEvent EvaluatorFeePaid =
        AbiEvent.Parse("EvaluatorFeePaid(uint256 indexed,address indexed,uint256)");

    public static readonly AbiEvent Refunded = AbiEvent.Parse("Refunded(uint256 indexed,address indexed,uint256)");

    private static readonly AbiFunction JobKeyUsedError = AbiFunction.Parse("JobKeyUsed(uint256)");

    // OpenZeppelin's AccessControl.
    private static readonly AbiFunction NoRoleError =
        AbiFunction.Parse("AccessControlUnauthorizedAccount(address,bytes32)");

    public static RevertException Error(string name) => RevertException.Custom(AbiFunction.Parse(name + "()"));

    public static RevertException JobKeyUsed(UInt256 jobId) => RevertException.Custom(JobKeyUsedError, jobId);

    public static RevertException NoRole(Address account, Hash256 role) =>
        RevertException.Custom(NoRoleError, account, role);
}
