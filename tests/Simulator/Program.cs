using System.Diagnostics;
using System.Globalization;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Explorer;
using Aitbc.Simulator.Faults;
using Aitbc.Simulator.Running;

const string Usage = """
    aitbc-sim run [FIRST [COUNT [REPEAT]]]   seeds, every REPEAT-th twice (default 1 2000 1)
    aitbc-sim seed SEED [RULE]               one seed, with a rule switched off perhaps: its plan and what came of it
    aitbc-sim shrink SEED [RULE]             the smallest plan of a seed that breaks an invariant
    aitbc-sim mutations [SEEDS]              each rule switched off: which seed notices
    aitbc-sim minutes MINUTES [FIRST]        seeds for so many minutes
    aitbc-sim explore [ROUNDS [SECONDS [RULE]]]  four validators, one a twin: every way in which groups lose each other
    """;

return args switch
{
    ["run", .. var rest] => Run(Number(rest, 0, 1), (int)Number(rest, 1, 2_000), (int)Number(rest, 2, 1)),
    ["seed", var seed, .. var rule] => Seed(ulong.Parse(seed, CultureInfo.InvariantCulture), Rules(rule)),
    ["shrink", var seed, .. var rule] => Shrink(ulong.Parse(seed, CultureInfo.InvariantCulture), Rules(rule)),
    ["mutations", .. var rest] => Mutations((int)Number(rest, 0, 400)),
    ["minutes", var minutes, .. var rest] => Minutes(
        int.Parse(minutes, CultureInfo.InvariantCulture), Number(rest, 0, 1)),
    ["explore", .. var rest] => Explore(
        (int)Number(rest, 0, 2), (int)Number(rest, 1, 60), Rules(rest.Length > 2 ? rest[2..] : [])),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine(Usage);
    return 2;
}

static int Run(ulong first, int count, int repeat)
{
    var watch = Stopwatch.StartNew();
    var result = SeedSweep.Run(first, count, RuleSet.All, repeat, 50);
    foreach (var violation in result.Violations.Take(3))
        Report(violation.Seed, RuleSet.All);
    Console.WriteLine(
        $"{result.Seeds} seeds from {first} on, {result.Heights} heights, {result.Faults} faults, "
        + $"{result.Events} events, {result.Repeated} run twice, "
        + $"{result.Violations.Count} violations ({watch.Elapsed.TotalSeconds:F0} s)");
    return result.Violations.Count == 0 ? 0 : 1;
}

static int Seed(ulong seed, RuleSet rules)
{
    var plan = PlanMaker.Make(seed);
    Print(plan);
    var result = SimRun.Of(plan, rules);
    Console.WriteLine(
        $"hash {result.Hash:x16}, {result.Heights} heights, {result.Faults} faults, {result.Events} events: "
        + (result.What ?? "all invariants hold"));
    return result.Invariant is null ? 0 : 1;
}

static int Shrink(ulong seed, RuleSet rules)
{
    Report(seed, rules);
    return 0;
}

static int Mutations(int seeds)
{
    var survivors = 0;
    foreach (var rule in Enum.GetValues<Rule>())
    {
        var result = SeedSweep.Run(1, seeds, RuleSet.Without(rule), 0, 0, 1);
        survivors += result.Violations.Count == 0 ? 1 : 0;
        Console.WriteLine(result.Violations.Count == 0
            ? $"{rule}: -"
            : $"{rule}: seed {result.Violations[0].Seed} {result.Violations[0].Invariant}");
    }

    return 0;
}

static int Minutes(int minutes, ulong first)
{
    var watch = Stopwatch.StartNew();
    var (seeds, heights, faults) = (0L, 0UL, 0L);
    while (watch.Elapsed.TotalMinutes < minutes)
    {
        var result = SeedSweep.Run(first, 500, RuleSet.All, 1, 50);
        (seeds, heights, faults) = (seeds + result.Seeds, heights + result.Heights, faults + result.Faults);
        Console.WriteLine($"{seeds} seeds up to {first + 499}, {heights} heights, {faults} faults");
        if (result.Violations.Count > 0)
        {
            Report(result.Violations[0].Seed, RuleSet.All);
            return 1;
        }

        first += 500;
    }

    return 0;
}

static int Explore(int rounds, int seconds, RuleSet rules)
{
    var watch = Stopwatch.StartNew();
    var result = new Exploration(rules).Run(rounds, TimeSpan.FromSeconds(seconds));
    var whole = result.Violation is null && result.Phases == result.Asked;
    Console.WriteLine(
        $"explorer: {rounds} rounds, {result.States} states, {result.Transitions} transitions, "
        + $"{result.LocalSteps} steps of one engine, "
        + $"{(whole ? "exhausted" : $"whole up to phase {result.Phases} of {result.Asked}")}, "
        + $"{result.Violation ?? "agreement holds"} ({watch.Elapsed.TotalSeconds:F0} s)");
    return result.Violation is null ? 0 : 1;
}

static void Report(ulong seed, RuleSet rules)
{
    var plan = PlanMaker.Make(seed);
    if (SimRun.Of(plan, rules) is not { Invariant: { } invariant } found)
    {
        Console.WriteLine($"seed {seed} breaks nothing alone");
        return;
    }

    Console.WriteLine($"seed {seed}, commit {Environment.GetEnvironmentVariable("AITBC_COMMIT") ?? "unknown"}");
    Console.WriteLine($"  {found.What}");
    var (small, result, runs) = Shrinker.Shrink(plan, invariant, rules);
    Console.WriteLine($"smallest plan after {runs} runs: {small.Faults.Count} of {plan.Faults.Count} faults");
    Print(small);
    Console.WriteLine($"  {result.What}");
}

static void Print(SimPlan plan)
{
    Console.WriteLine(
        $"  seed {plan.Seed}: {plan.Validators} validators, {plan.Spares} spares, healed at {plan.HealAtMs} ms, "
        + $"work every {plan.WorkEveryMs} ms");
    foreach (var fault in plan.Faults)
        Console.WriteLine($"  {fault}");
}

static RuleSet Rules(string[] rule) =>
    rule.Length == 0 ? RuleSet.All : RuleSet.Without(Enum.Parse<Rule>(rule[0]));

static ulong Number(string[] rest, int at, ulong otherwise) =>
    rest.Length > at ? ulong.Parse(rest[at], CultureInfo.InvariantCulture) : otherwise;
