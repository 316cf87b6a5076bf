using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What client, provider and evaluator agree on. Its hash is what the client funds in the escrow, so nobody can
/// change a word afterwards. All three parties compute it with this code (specs/market/jobs.md).
/// </summary>
public sealed record JobTerms
{
    private const string Members =
        "JobTerms(bytes32 jobId,uint256 chainId,address escrow,address client,address provider,address evaluator,"
        + "string engine,bytes32 specHash,string unitKind,uint256 unitPrice,uint64 unitsPer,uint256 budget,"
        + "uint64 expiresAt,uint64 evaluationWindow";

    // What terms need not have stands behind the rest: those without it keep the hash that they always had.
    private const string LevelMembers = ",uint32 levelSeconds,uint32 levelCredit";
    private const string VerificationMembers = ",uint32 agree,uint32 runs,uint32 run,bytes32 group";
    private static readonly Eip712Type Type = Eip712Type.Parse(Members + ")");
    private static readonly Eip712Type WithLevel = Eip712Type.Parse(Members + LevelMembers + ")");
    private static readonly Eip712Type WithVerification = Eip712Type.Parse(Members + VerificationMembers + ")");

    private static readonly Eip712Type WithBoth =
        Eip712Type.Parse(Members + LevelMembers + VerificationMembers + ")");

    private const string ReexecutionMembers =
        ",address[] reexecutors,uint256 bond,uint256 fee,uint64 votingTime,string engineVersion";

    private static readonly Eip712Type WithReexecution = Eip712Type.Parse(Members + ReexecutionMembers + ")");

    private static readonly Eip712Type WithAll =
        Eip712Type.Parse(Members + LevelMembers + VerificationMembers + ReexecutionMembers + ")");

    /// <summary>The job's id (<see cref="Primitives.JobId"/>).</summary>
    public required Hash256 JobId { get; init; }

    /// <summary>EIP-155 id of the chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The escrow contract.</summary>
    public required Address Escrow { get; init; }

    /// <summary>Who pays.</summary>
    public required Address Client { get; init; }

    /// <summary>Who does it.</summary>
    public required Address Provider { get; init; }

    /// <summary>Who judges.</summary>
    public required Address Evaluator { get; init; }

    /// <summary>The engine of the specification.</summary>
    public required string Engine { get; init; }

    /// <summary><see cref="JobSpec.Hash"/>.</summary>
    public required Hash256 SpecHash { get; init; }

    /// <summary>What is counted: <c>fuel</c> or <c>token</c>.</summary>
    public required string UnitKind { get; init; }

    /// <summary>atto-AIT for <see cref="UnitsPer"/> units.</summary>
    public required UInt256 UnitPrice { get; init; }

    /// <summary>Units that the price is for, from 1.</summary>
    public required ulong UnitsPer { get; init; }

    /// <summary>atto-AIT to put into the escrow: the price of the most that the specification allows.</summary>
    public required UInt256 Budget { get; init; }

    /// <summary>Unix time in seconds for the escrow's <c>expiredAt</c>.</summary>
    public required ulong ExpiresAt { get; init; }

    /// <summary>Seconds for the escrow's <c>evaluationWindow</c>.</summary>
    public required ulong EvaluationWindow { get; init; }

    /// <summary>What the escrow holds the provider to; null = nothing is promised.</summary>
    public JobLevel? Level { get; init; }

    /// <summary>Of one of several runs that are compared; null = the job stands alone.</summary>
    public JobVerification? Verification { get; init; }

    /// <summary>Of a job whose result can be disputed; null = the evaluator alone judges it. Not with both.</summary>
    public JobReexecution? Reexecution { get; init; }

    /// <summary>The EIP-712 struct hash, the <c>terms</c> of <c>openJob</c>.</summary>
    public Hash256 Hash()
    {
        List<object> values =
        [
            JobId,
            (UInt256)ChainId,
            Escrow,
            Client,
            Provider,
            Evaluator,
            Engine,
            SpecHash,
            UnitKind,
            UnitPrice,
            (UInt256)UnitsPer,
            Budget,
            (UInt256)ExpiresAt,
            (UInt256)EvaluationWindow,
        ];
        if (Reexecution is { } again)
        {
            if (Level is null && Verification is null)
                return WithReexecution.HashStruct([.. values, .. JobReexecution.Values(again)]);
            // No job has these together; what a stranger adds changes the hash all the same.
            values.AddRange([Uint32(Level?.Seconds ?? 0), Uint32(Level?.Credit ?? 0)]);
            values.AddRange([Uint32(Verification?.Agree ?? 0), Uint32(Verification?.Runs ?? 0)]);
            values.AddRange([Uint32(Verification?.Run ?? 0), Verification?.Group ?? default]);
            return WithAll.HashStruct([.. values, .. JobReexecution.Values(again)]);
        }

        if (Level is { } level)
            values.AddRange([Uint32(level.Seconds), Uint32(level.Credit)]);
        if (Verification is { } verified)
            values.AddRange([Uint32(verified.Agree), Uint32(verified.Runs), Uint32(verified.Run), verified.Group]);
        var type = (Level, Verification) switch
        {
            (null, null) => Type,
            (not null, null) => WithLevel,
            (null, not null) => WithVerification,
            _ => WithBoth,
        };
        return type.HashStruct([.. values]);
    }

    // Terms that a stranger presents have a hash whatever they say; it is that of no job.
    private static UInt256 Uint32(int value) => unchecked((uint)value);
}
