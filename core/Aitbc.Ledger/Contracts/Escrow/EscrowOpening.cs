using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>
/// From nothing to Funded: createJob, setProvider, setBudget, fund, and openJob which is all of them at once.
/// </summary>
internal sealed class EscrowOpening(CallFrame frame)
{
    public const ulong MinCreateSeconds = 300;
    public const ulong MinOpenSeconds = 60;
    public const ulong MinWindowSeconds = 60;
    public const ulong MaxWindowSeconds = 2_592_000;

    private readonly EscrowStorage storage = new(frame);

    public UInt256 CreateJob(object?[] args)
    {
        var (provider, evaluator, expiredAt) = ((Address)args[0]!, (Address)args[1]!, (UInt256)args[2]!);
        CheckRoles(provider, evaluator);
        CheckExpiry(expiredAt, MinCreateSeconds);
        if (!((Address)args[4]!).IsZero)
            throw EscrowAbi.Error("HookNotWhitelisted");
        var description = (string)args[3]!;
        if (System.Text.Encoding.UTF8.GetByteCount(description) > EscrowJobSlots.MaxDescription)
            throw RevertException.Text("description exceeds 1024 bytes");
        var job = Create(provider, evaluator, expiredAt, (UInt256)args[5]!);
        job.Description = description;
        return job.Id;
    }

    public void SetProvider(object?[] args)
    {
        var job = OpenJobOfCaller((UInt256)args[0]!);
        var provider = (Address)args[1]!;
        if (!job.Provider.IsZero)
            throw EscrowAbi.Error("WrongStatus");
        if (provider.IsZero)
            throw EscrowAbi.Error("ZeroAddress");
        if (provider == job.Evaluator)
            throw EscrowAbi.Error("ProviderCannotBeEvaluator");
        job.Provider = provider;
        job.AgentId = (UInt256)args[2]!;
        frame.Emit(frame.Contract, EscrowAbi.ProviderSet.Encode(job.Id, provider, job.AgentId));
    }

    public void SetBudget(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        RequireStatus(job, EscrowStatus.Open);
        if (frame.Caller != job.Client && frame.Caller != job.Provider)
            throw EscrowAbi.Error("Unauthorized");
        var token = (Address)args[1]!;
        if (token.IsZero)
            throw EscrowAbi.Error("ZeroAddress");
        if (token != SystemContracts.AitToken)
            throw EscrowAbi.Error("InvalidToken");
        SetBudget(job, (UInt256)args[2]!);
    }

    public void Fund(object?[] args)
    {
        var job = OpenJobOfCaller((UInt256)args[0]!);
        if (job.Provider.IsZero)
            throw EscrowAbi.Error("ProviderNotSet");
        if (job.Budget != (UInt256)args[1]!)
            throw EscrowAbi.Error("BudgetMismatch");
        if (job.Budget.IsZero)
            throw EscrowAbi.Error("ZeroBudget");
        if (frame.Timestamp >= job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        AitTokenContract.MoveFrom(frame, frame.Contract, frame.Caller, frame.Contract, job.Budget);
        Hold(job);
    }

    public UInt256 OpenJob(object?[] args)
    {
        var (provider, evaluator) = ((Address)args[1]!, (Address)args[2]!);
        var (expiredAt, window) = ((UInt256)args[3]!, (UInt256)args[4]!);
        var key = JobId.Derive(frame.Caller, (Hash256)args[0]!);
        var used = storage.JobByKey(key);
        if (!used.IsZero)
            throw EscrowAbi.JobKeyUsed(used);
        if (provider.IsZero)
            throw EscrowAbi.Error("ProviderNotSet");
        CheckRoles(provider, evaluator);
        CheckExpiry(expiredAt, MinOpenSeconds);
        if (!window.IsZero && (window < MinWindowSeconds || window > MaxWindowSeconds))
            throw EscrowAbi.Error("InvalidTerms");
        if (frame.Value.IsZero)
            throw EscrowAbi.Error("ZeroBudget");
        var job = Create(provider, evaluator, expiredAt, default);
        job.JobKey = key;
        job.Terms = (Hash256)args[5]!;
        job.EvaluationWindow = window;
        storage.SetJobByKey(key, job.Id);
        SetBudget(job, frame.Value);
        Hold(job);
        return job.Id;
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

    private EscrowJobSlots Create(Address provider, Address evaluator, UInt256 expiredAt, UInt256 agentId)
    {
        var job = storage.NewJob();
        job.Client = frame.Caller;
        job.Provider = provider;
        job.Evaluator = evaluator;
        job.ExpiredAt = expiredAt;
        job.AgentId = agentId;
        frame.Emit(
            frame.Contract,
            EscrowAbi.JobCreated.Encode(job.Id, frame.Caller, provider, evaluator, expiredAt, Address.Zero));
        return job;
    }

    private void SetBudget(EscrowJobSlots job, UInt256 amount)
    {
        job.Token = SystemContracts.AitToken;
        job.Budget = amount;
        frame.Emit(frame.Contract, EscrowAbi.BudgetSet.Encode(job.Id, job.Token, amount));
    }

    // The coins are here already. What they may be split into is frozen now.
    private void Hold(EscrowJobSlots job)
    {
        job.Escrowed = job.Budget;
        job.PlatformFee = storage.PlatformFee;
        job.EvaluatorFee = storage.EvaluatorFee;
        job.Status = EscrowStatus.Funded;
        storage.Held += job.Budget;
        frame.Emit(frame.Contract, EscrowAbi.JobFunded.Encode(job.Id, job.Client, job.Budget));
    }

    private EscrowJobSlots OpenJobOfCaller(UInt256 id)
    {
        var job = Existing(id);
        RequireStatus(job, EscrowStatus.Open);
        if (frame.Caller != job.Client)
            throw EscrowAbi.Error("Unauthorized");
        return job;
    }

    private EscrowJobSlots Existing(UInt256 id)
    {
        var job = storage.Job(id);
        return job.Client.IsZero ? throw EscrowAbi.Error("InvalidJob") : job;
    }

    private static void RequireStatus(EscrowJobSlots job, EscrowStatus status)
    {
        if (job.Status != status)
            throw EscrowAbi.Error("WrongStatus");
    }
}
