using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>The job escrow: an ERC-8183 profile (specs/contracts/escrow.md).</summary>
internal sealed class JobEscrowContract : ISystemContract
{
    private static readonly Hash256 AdminRole = Keccak256.Hash("ADMIN_ROLE"u8);

    public static FunctionTable Functions { get; } = Administration(Views(Settling(Opening(new FunctionTable()))));

    public Address Address => SystemContracts.JobEscrow;

    public Hash256? HeldSlot => EscrowStorage.HeldSlot;

    public byte[] Execute(CallFrame frame) => Functions.Execute(frame);

    private static FunctionTable Opening(FunctionTable table) => table
        .Add(EscrowAbi.CreateJob, (f, a) => [new EscrowOpening(f).CreateJob(a)])
        .Add(
            EscrowAbi.SetProvider,
            (f, a) => new EscrowOpening(f).SetProvider(a.Number(0), a.Address(1), a.Number(2)))
        .Add(
            EscrowAbi.SetBudget,
            (f, a) => new EscrowOpening(f).SetBudget(a.Number(0), a.Address(1), a.Number(2), a.Bytes(3)))
        .Add(EscrowAbi.Fund, (f, a) => new EscrowOpening(f).Fund(a.Number(0), a.Number(1), a.Bytes(2)))
        .AddPayable(EscrowAbi.OpenJob, (f, a) => [new EscrowOpening(f).OpenJob(a)])
        .AddPayable(EscrowAbi.OpenJobWithHook, (f, a) => [new EscrowOpening(f).OpenJobWithHook(a)])
        .AddPayable(EscrowAbi.OpenJobWithLevel, (f, a) => [new EscrowOpening(f).OpenJobWithLevel(a)]);

    private static FunctionTable Settling(FunctionTable table) => table
        .Add(EscrowAbi.Submit, (f, a) => new EscrowSettling(f).Submit(a.Number(0), a.Word(1), a.Bytes(2)))
        .Add(EscrowAbi.Complete, (f, a) => new EscrowSettling(f).Complete(a.Number(0), a.Word(1), a.Bytes(2)))
        .Add(EscrowAbi.Reject, (f, a) => new EscrowSettling(f).Reject(a.Number(0), a.Word(1), a.Bytes(2)))
        .Add(EscrowAbi.ClaimRefund, (f, a) => new EscrowSettling(f).ClaimRefund(a.Number(0)))
        .Add(EscrowAbi.ClaimPayment, (f, a) => new EscrowSettling(f).ClaimPayment(a.Number(0)));

    private static FunctionTable Views(FunctionTable table) => table
        .Add(EscrowAbi.GetJob, (f, a) => [Tuple(new EscrowStorage(f).Job(a.Number(0)))])
        .Add(EscrowAbi.Jobs, (f, a) => Tuple(new EscrowStorage(f).Job(a.Number(0))))
        .Add(EscrowAbi.JobByKey, (f, a) => [new EscrowStorage(f).JobByKey(a.Word(0))])
        .Add(EscrowAbi.JobTerms, (f, a) => Terms(new EscrowStorage(f).Existing(a.Number(0))))
        .Add(EscrowAbi.JobLevel, (f, a) => Level(new EscrowStorage(f).Existing(a.Number(0))))
        .Add(EscrowAbi.JobCounter, (f, _) => [new EscrowStorage(f).Counter])
        .Add(EscrowAbi.PlatformFeeBp, (f, _) => [new EscrowStorage(f).PlatformFee])
        .Add(EscrowAbi.EvaluatorFeeBp, (f, _) => [new EscrowStorage(f).EvaluatorFee])
        .Add(EscrowAbi.PlatformTreasury, (f, _) => [new EscrowStorage(f).Treasury])
        .Add(EscrowAbi.WhitelistedHooks, (_, a) => [EscrowHooks.IsWhitelisted(a.Address(0))])
        .Add(EscrowAbi.GracePeriod, (_, _) => [(UInt256)EscrowSettling.GracePeriod]);

    // Nobody has the role, so what needs it fails as it does for anyone without it.
    private static FunctionTable Administration(FunctionTable table) => table
        .Add(EscrowAbi.AdminRole, (_, _) => [AdminRole])
        .Add(EscrowAbi.HasRole, (_, _) => [false])
        .Add(EscrowAbi.SetPlatformFee, (f, _) => throw EscrowAbi.NoRole(f.Caller, AdminRole))
        .Add(EscrowAbi.SetEvaluatorFee, (f, _) => throw EscrowAbi.NoRole(f.Caller, AdminRole))
        .Add(EscrowAbi.SetHookWhitelist, (f, _) => throw EscrowAbi.NoRole(f.Caller, AdminRole));

    // An unknown id reads as a job of zeros, as in the reference.
    private static object?[] Tuple(EscrowJobSlots job) =>
    [
        job.Client.IsZero ? UInt256.Zero : job.Id,
        job.Client,
        job.Provider,
        job.Evaluator,
        job.Description,
        job.Budget,
        job.ExpiredAt,
        (UInt256)(ulong)job.Status,
        job.Hook,
        job.Token,
        job.AgentId,
        job.SubmittedAt,
    ];

    private static object?[] Terms(EscrowJobSlots job) =>
        [job.JobKey, job.Terms, job.EvaluationWindow, job.Charge, job.Deliverable];

    private static object?[] Level(EscrowJobSlots job)
    {
        var level = job.Level;
        return [level.Seconds, level.BasisPoints, level.DueAt, job.Credit];
    }
}
