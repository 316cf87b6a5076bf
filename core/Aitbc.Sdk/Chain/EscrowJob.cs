using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// A job as the escrow contract holds it: <c>getJob</c> and <c>jobTerms</c> (specs/contracts/escrow.md).
/// </summary>
public sealed record EscrowJob
{
    /// <summary>The contract's number of the job, from 1.</summary>
    public required ulong Id { get; init; }

    /// <summary>Who created and pays it.</summary>
    public required Address Client { get; init; }

    /// <summary>Who does it; zero if not chosen yet.</summary>
    public required Address Provider { get; init; }

    /// <summary>Who judges the result.</summary>
    public required Address Evaluator { get; init; }

    /// <summary>Free text of <c>createJob</c>; empty for jobs made by <c>openJob</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Most that the job can cost, in atto-AIT.</summary>
    public required UInt256 Budget { get; init; }

    /// <summary>Unix time in seconds after which it can be refunded; 2^64 - 1 stands for anything later.</summary>
    public required ulong ExpiredAt { get; init; }

    /// <summary>Where it stands.</summary>
    public required EscrowStatus Status { get; init; }

    /// <summary>Hook contract: zero, or the re-execution hook that settles disputes.</summary>
    public required Address Hook { get; init; }

    /// <summary>Token of the budget.</summary>
    public required Address PaymentToken { get; init; }

    /// <summary>ERC-8004 agent of the provider; 0 = none.</summary>
    public required UInt256 ProviderAgentId { get; init; }

    /// <summary>Unix time in seconds of the submission; 0 = none yet.</summary>
    public required ulong SubmittedAt { get; init; }

    /// <summary>AITBC's job id: keccak256(client ‖ clientKey); zero for jobs made by <c>createJob</c>.</summary>
    public required Hash256 JobKey { get; init; }

    /// <summary>Hash of the terms the client agreed to; zero for jobs made by <c>createJob</c>.</summary>
    public required Hash256 Terms { get; init; }

    /// <summary>Seconds after a submission until anyone may claim the payment; 0 = never (the ERC's rule).</summary>
    public required ulong EvaluationWindow { get; init; }

    /// <summary>What the provider asked at submission, in atto-AIT; 0 before.</summary>
    public required UInt256 Charge { get; init; }

    /// <summary>Digest of the provider's receipt; zero before the submission.</summary>
    public required Hash256 Deliverable { get; init; }

    /// <summary>What the escrow holds the provider to; null = nothing was promised.</summary>
    public EscrowLevel? Level { get; init; }

    /// <summary>True if the result was submitted later than the level promises.</summary>
    public bool IsLate => Level is { } level && SubmittedAt > level.DueAt;

    /// <summary>What completion takes of the budget, in atto-AIT, fees included: the charge less the credit.</summary>
    public UInt256 Payment => Charge - UInt256.Min(Charge, Level?.Credit ?? UInt256.Zero);

    /// <summary>True in a state that never changes again.</summary>
    public bool IsTerminal => Status is EscrowStatus.Completed or EscrowStatus.Rejected or EscrowStatus.Expired;
}

/// <summary>The AITBC part of a job: <c>jobTerms</c>. Members as in <see cref="EscrowJob"/>.</summary>
/// <param name="JobKey">AITBC's job id.</param>
/// <param name="Terms">Hash of the agreed terms.</param>
/// <param name="EvaluationWindow">Seconds.</param>
/// <param name="Charge">atto-AIT.</param>
/// <param name="Deliverable">Digest of the receipt.</param>
public sealed record EscrowTerms(
    Hash256 JobKey, Hash256 Terms, ulong EvaluationWindow, UInt256 Charge, Hash256 Deliverable);

/// <summary>The level of a job: <c>jobLevel</c>.</summary>
/// <param name="Seconds">From funding to submission, as promised.</param>
/// <param name="CreditBasisPoints">Ten-thousandths of the charge that a later submission does not earn.</param>
/// <param name="DueAt">Unix time in seconds of the last block in which a submission is in time.</param>
/// <param name="Credit">What it came to, in atto-AIT; 0 before the submission and for one in time.</param>
public sealed record EscrowLevel(ulong Seconds, ulong CreditBasisPoints, ulong DueAt, UInt256 Credit);

/// <summary>What <c>openJob</c>, <c>openJobWithLevel</c> or <c>openJobWithHook</c> asks for.</summary>
/// <param name="ClientKey">keccak256 of the idempotency key: the same key never opens, or pays, a second job.</param>
/// <param name="Provider">Who shall do it; not zero.</param>
/// <param name="Evaluator">Who judges; not zero and not the provider.</param>
/// <param name="ExpiredAt">Unix time in seconds, more than 60 s ahead.</param>
/// <param name="EvaluationWindow">0, or 60 to 2,592,000 s.</param>
/// <param name="Terms">Hash of the agreed terms.</param>
/// <param name="Budget">atto-AIT, more than 0; moved into the escrow.</param>
public sealed record OpenJobRequest(
    Hash256 ClientKey,
    Address Provider,
    Address Evaluator,
    ulong ExpiredAt,
    ulong EvaluationWindow,
    Hash256 Terms,
    UInt256 Budget)
{
    /// <summary>What the terms promise; null = nothing. Not with <see cref="Reexecution"/>.</summary>
    public JobLevel? Level { get; init; }

    /// <summary>The committee of the terms; null = no dispute is possible.</summary>
    public JobReexecution? Reexecution { get; init; }
}

/// <summary>A job that is open and paid.</summary>
/// <param name="JobId">The contract's number.</param>
/// <param name="Transaction">The funding transaction; null if an earlier call had made the job already.</param>
public sealed record OpenedJob(ulong JobId, SentTransaction? Transaction);
