using System.Globalization;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// Says that a job is one of several runs of the same work on different providers, and how many of them must give
/// the same output (specs/market/jobs.md, Verification). It is part of the terms: a provider agrees to it by working.
/// </summary>
public sealed record JobVerification
{
    /// <summary>Fewest runs.</summary>
    public const int FewestRuns = 2;

    /// <summary>Most runs.</summary>
    public const int MostRuns = 5;

    private const int KeyDigits = 40;

    /// <summary>How many must agree: more than half of the runs.</summary>
    public required int Agree { get; init; }

    /// <summary>How many runs there are, <see cref="FewestRuns"/> to <see cref="MostRuns"/>.</summary>
    public required int Runs { get; init; }

    /// <summary>Which of them this is, from 1.</summary>
    public required int Run { get; init; }

    /// <summary>Names the group among those of its client: the id that a job with the family's key has.</summary>
    public required Hash256 Group { get; init; }

    /// <summary>The verification of one run of a family.</summary>
    public static JobVerification Of(Address client, string familyKey, int agree, int runs, int run) => new()
    {
        Agree = agree,
        Runs = runs,
        Run = run,
        Group = JobId.Derive(client, familyKey),
    };

    /// <summary>The idempotency key of one run of a family, so that a repeated order is the same runs.</summary>
    public static string RunKey(string familyKey, int run) => MemberKey("run", familyKey, run);

    /// <summary>
    /// The idempotency key of an order that takes the place of a refunded one: the family's own at first, then one
    /// for each attempt.
    /// </summary>
    /// <param name="familyKey">The key of the first order.</param>
    /// <param name="attempt">0 is the first.</param>
    public static string AttemptKey(string familyKey, int attempt) =>
        attempt == 0 ? familyKey : MemberKey("try", familyKey, attempt);

    /// <summary>The output that enough of them gave; null = none.</summary>
    /// <param name="outputs">One of each provider.</param>
    /// <param name="agree">How many must be the same, more than half.</param>
    public static Hash256? Agreed(IEnumerable<Hash256> outputs, int agree) =>
        outputs.GroupBy(o => o).Where(same => same.Count() >= agree).Select(same => (Hash256?)same.Key)
            .FirstOrDefault();

    /// <summary>
    /// Whether outputs of this work can be compared byte for byte: programs without a clock or chance. Answers of
    /// models differ from machine to machine.
    /// </summary>
    public static bool CanCompare(string engine) => engine is JobSpec.WasmEngine or JobSpec.JsEngine;

    /// <summary>Null if every number is in its range; otherwise what is wrong.</summary>
    public string? Problem()
    {
        if (Runs is < FewestRuns or > MostRuns)
            return $"verification.runs is {FewestRuns} to {MostRuns}.";
        if (Agree > Runs || Agree * 2 <= Runs)
            return "verification.agree is more than half of the runs, and at most all.";
        return Run < 1 || Run > Runs ? "verification.run is 1 to the number of runs." : null;
    }

    private static string MemberKey(string kind, string familyKey, int number) =>
        kind + number.ToString(CultureInfo.InvariantCulture) + "-"
        + Keccak256.Hash(Encoding.UTF8.GetBytes(familyKey)).ToString()[2..(2 + KeyDigits)];
}
