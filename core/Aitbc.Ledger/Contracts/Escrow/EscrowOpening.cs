using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>
/// From nothing to Funded: createJob, setProvider, setBudget, fund, and openJob (with a hook, with a level)
/// which is all of them at once.
/// </summary>
internal sealed class EscrowOpening(CallFrame frame)
{
    public const ulong MinCreateSeconds = 300;
    public const ulong MinOpenSeconds = 60;
    public const ulong MinWindowSeconds = 60;
    public const ulong MaxWindowSeconds = 2_592_000;

    private static readonly AbiType CreateData = AbiType.Parse("(address,address,address)");
    private static readonly AbiType BudgetData = AbiType.Parse("(address,address,uint256,bytes)");
    private static readonly AbiType FundData = AbiType.Parse("(address,bytes)");

    private readonly EscrowStorage storage = new(frame);

    public UInt256 CreateJob(CallArguments args)
    {
        var (provider, evaluator, expiredAt) = (args.Address(0), args.Address(1), args.Number(2));
        var (description, hook) = (args.Text(3), args.Address(4));
        CheckRoles(provider, evaluator);
        CheckExpiry(expiredAt, MinCreateSeconds);
        CheckHook(hook);
        if (System.Text.Encoding.UTF8.GetByteCount(description) > EscrowJobSlots.MaxDescription)
            throw RevertException.Text("description exceeds 1024 bytes");
        var job = Create(provider, evaluator, expiredAt, hook, args.Number(5));
        job.Description = description;
        new EscrowHooks(frame, job).Behind(EscrowAbi.CreateJob, CreateData, provider, evaluator);
        return job.Id;
    }

    public void SetProvider(UInt256 id, Address provider, UInt256 agentId)
    {
        var job = OpenJobOfCaller(id);
        if (!job.Provider.IsZero)
            throw EscrowAbi.Error("WrongStatus");
        if (provider.IsZero)
            throw EscrowAbi.Error("ZeroAddress");
        if (provider == job.Evaluator)
            throw EscrowAbi.Error("ProviderCannotBeEvaluator");
        job.Provider = provider;
        job.AgentId = agentId;
        frame.Emit(EscrowAbi.ProviderSet.Encode(job.Id, provider, job.AgentId));
    }

    public void SetBudget(UInt256 id, Address token, UInt256 amount, byte[] options)
    {
        var job = storage.Existing(id);
        RequireStatus(job, EscrowStatus.Open);
        if (frame.Caller != job.Client && frame.Caller != job.Provider)
            throw EscrowAbi.Error("Unauthorized");
        if (token.IsZero)
            throw EscrowAbi.Error("ZeroAddress");
        if (token != SystemContracts.AitToken)
            throw EscrowAbi.Error("InvalidToken");
        new EscrowHooks(frame, job).Around(
            EscrowAbi.SetBudget, BudgetData, [token, amount, options], () => SetBudget(job, amount));
    }

    public void Fund(UInt256 id, UInt256 expectedBudget, byte[] options)
    {
        var job = OpenJobOfCaller(id);
        if (job.Provider.IsZero)
            throw EscrowAbi.Error("ProviderNotSet");
        if (job.Budget != expectedBudget)
            throw EscrowAbi.Error("BudgetMismatch");
        if (job.Budget.IsZero)
            throw EscrowAbi.Error("ZeroBudget");
        if (frame.Timestamp >= job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        var window = WindowOf(options, job.Hook);
        CheckWindow(window, job.Hook);
        new EscrowHooks(frame, job).Around(EscrowAbi.Fund, FundData, [options], () =>
        {
            if (!window.IsZero)
                job.EvaluationWindow = window;
            AitTokenContract.MoveFrom(frame, frame.Contract, frame.Caller, frame.Contract, job.Budget);
            Hold(job);
        });
    }

    public UInt256 OpenJob(CallArguments args) => Open(args, args.Number(4), args.Word(5), default).Id;

    public UInt256 OpenJobWithHook(CallArguments args)
    {
        var (hook, options) = (args.Address(5), args.Bytes(6));
        var job = Open(args, WindowOf(options, hook), args.Word(4), hook);
        new EscrowHooks(frame, job).Behind(EscrowAbi.Fund, FundData, options);
        return job.Id;
    }

    public UInt256 OpenJobWithLevel(CallArguments args)
    {
        var job = Open(args, args.Number(4), args.Word(5), default);
        var level = new EscrowLevel(args.Number(6), args.Number(7), default);
        if (!level.IsSane)
            throw EscrowAbi.Error("InvalidTerms");
        job.Level = level with { DueAt = frame.Timestamp + level.Seconds };
        return job.Id;
    }

    // What all share: key, provider, evaluator and expiry are the first four arguments.
    private EscrowJobSlots Open(CallArguments args, UInt256 window, Hash256 terms, Address hook)
    {
        var (provider, evaluator, expiredAt) = (args.Address(1), args.Address(2), args.Number(3));
        var key = JobId.Derive(frame.Caller, args.Word(0));
        var used = storage.JobByKey(key);
        if (!used.IsZero)
            throw EscrowAbi.JobKeyUsed(used);
        if (provider.IsZero)
            throw EscrowAbi.Error("ProviderNotSet");
        CheckRoles(provider, evaluator);
        CheckExpiry(expiredAt, MinOpenSeconds);
        CheckHook(hook);
        CheckWindow(window, hook);
        if (frame.Value.IsZero)
            throw EscrowAbi.Error("ZeroBudget");
        var job = Create(provider, evaluator, expiredAt, hook, default);
        job.JobKey = key;
        job.Terms = terms;
        job.EvaluationWindow = window;
        storage.SetJobByKey(key, job.Id);
        SetBudget(job, frame.Value);
        Hold(job);
        return job;
    }

    // The first word of what is given with the funds; what follows is for the hook.
    private static UInt256 WindowOf(byte[] options, Address hook)
    {
        if (options.Length == 0)
            return default;
        return options.Length == UInt256.Length || (options.Length > UInt256.Length && !hook.IsZero)
            ? UInt256.FromBigEndian(options.AsSpan(0, UInt256.Length))
            : throw EscrowAbi.Error("InvalidTerms");
    }

    // A job with a hook has a window: without one there would be no time to dispute.
    private static void CheckWindow(UInt256 window, Address hook)
    {
        if ((!window.IsZero || !hook.IsZero) && (window < MinWindowSeconds || window > MaxWindowSeconds))
            throw EscrowAbi.Error("InvalidTerms");
    }

    private static void CheckHook(Address hook)
    {
        if (!EscrowHooks.IsWhitelisted(hook))
            throw EscrowAbi.Error("HookNotWhitelisted");
    }

    private static void CheckRoles(Address provider, Address evaluator)
    {
        if (evaluator.IsZero)
            throw EscrowAbi.Error("ZeroAddress");
        if (evaluator == provider)
            throw EscrowAbi.Error("ProviderCannotBeEvaluator");
    }

    private void CheckExpiry(UInt256 expiredAt, ulong least)
    {
        if (expiredAt <= (UInt256)frame.Timestamp + least)
            throw EscrowAbi.Error("ExpiryTooShort");
    }

    private EscrowJobSlots Create(
        Address provider, Address evaluator, UInt256 expiredAt, Address hook, UInt256 agentId)
    {
        var job = storage.NewJob();
        job.Client = frame.Caller;
        job.Provider = provider;
        job.Evaluator = evaluator;
        job.ExpiredAt = expiredAt;
        job.AgentId = agentId;
        if (!hook.IsZero)
            job.Hook = hook;
        frame.Emit(EscrowAbi.JobCreated.Encode(job.Id, frame.Caller, provider, evaluator, expiredAt, hook));
        return job;
    }

    private void SetBudget(EscrowJobSlots job, UInt256 amount)
    {
        job.Token = SystemContracts.AitToken;
        job.Budget = amount;
        frame.Emit(EscrowAbi.BudgetSet.Encode(job.Id, job.Token, amount));
    }

    // The coins are here already. What they may be split into is frozen now.
    private void Hold(EscrowJobSlots job)
    {
        job.Escrowed = job.Budget;
        job.PlatformFee = storage.PlatformFee;
        job.EvaluatorFee = storage.EvaluatorFee;
        job.Status = EscrowStatus.Funded;
        storage.Held += job.Budget;
        frame.Emit(EscrowAbi.JobFunded.Encode(job.Id, job.Client, job.Budget));
    }

    private EscrowJobSlots OpenJobOfCaller(UInt256 id)
    {
        var job = storage.Existing(id);
        RequireStatus(job, EscrowStatus.Open);
        if (frame.Caller != job.Client)
            throw EscrowAbi.Error("Unauthorized");
        return job;
    }

    private static void RequireStatus(EscrowJobSlots job, EscrowStatus status)
    {
        if (job.Status != status)
            throw EscrowAbi.Error("WrongStatus");
    }
}
