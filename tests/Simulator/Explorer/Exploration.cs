using System.Diagnostics;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Primitives;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Explorer;

/// <summary>What an exploration came to.</summary>
/// <param name="States">Different states of the five nodes and what is under way.</param>
/// <param name="Transitions">Steps tried.</param>
/// <param name="LocalSteps">Different steps of one engine.</param>
/// <param name="Phases">Phases that were done whole, of those asked for.</param>
/// <param name="Asked">Phases asked for.</param>
/// <param name="Violation">What did not hold, or null.</param>
internal sealed record ExplorationResult(
    long States, long Transitions, int LocalSteps, int Phases, int Asked, string? Violation);

/// <summary>
/// Every run of four validators, one of them a twin (two honest copies with one key and a block each), in which each
/// phase (proposals, prevotes, precommits) splits the five nodes into two groups and all messages between the groups
/// are lost. States that are equal are followed once; in the first phase one of the two validators that are alike is
/// taken for both. Ends early when the time or 6 GiB of memory are used up; what was tried until then was checked.
/// </summary>
internal sealed class Exploration(RuleSet rules)
{
    private const int Honest = 3;

    // Then it says how far it came: the third round has more states than a machine remembers.
    private const long MostMemory = 6L << 30;

    private readonly LocalSteps steps = new(rules);
    private long transitions;

    public ExplorationResult Run(int rounds, TimeSpan most)
    {
        var watch = Stopwatch.StartNew();
        var begin = Enumerable.Range(0, LocalSteps.Nodes).Select(steps.Begin).ToArray();
        List<Global> layer = [Global.Of(begin)];
        var (states, asked) = (1L, rounds * 3);
        for (var phase = 0; phase < asked; phase++)
        {
            HashSet<UInt128> seen = [];
            List<Global> next = [];
            foreach (var state in layer)
            {
                if (watch.Elapsed > most || (next.Count % 1024 == 0 && GC.GetTotalMemory(false) > MostMemory))
                    return Result(states + next.Count, phase, asked, null);
                var kept = phase < asked - 1 ? next : null;
                if (Expand(state, (Phase)(phase % 3), phase == 0 && rounds <= 2, seen, kept) is { } violation)
                    return Result(states + next.Count, phase, asked, violation);
            }

            states += next.Count;
            layer = next;
        }

        return Result(states, asked, asked, null);
    }

    private ExplorationResult Result(long states, int phases, int asked, string? violation) =>
        new(states, transitions, steps.Count, phases, asked, violation);

    private string? Expand(Global state, Phase phase, bool symmetric, HashSet<UInt128> seen, List<Global>? next)
    {
        // Node 4 is always in the second group: the names of the groups mean nothing.
        for (var group = 0; group < 16; group++)
        {
            // Validators 1 and 2 have neither proposed nor heard anything.
            if (symmetric && (group & 0b0110) == 0b0100)
                continue;
            transitions++;
            var result = new LocalStep[LocalSteps.Nodes];
            for (var node = 0; node < result.Length; node++)
                result[node] = steps.Step(state.Nodes[node], node, state.Heard(node, group), phase);
            var after = Global.Of(result);
            if (Violation(after) is { } violation)
                return violation;
            // Of the last phase nothing is followed further.
            if (!after.IsOver && next is not null && seen.Add(after.Name))
                next.Add(after);
        }

        return null;
    }

    private static string? Violation(Global state)
    {
        Hash256? decided = null;
        for (var node = 0; node < Honest; node++)
        {
            var local = state.Nodes[node];
            if (local.Engine.ValidRound < local.Engine.LockedRound)
                return $"{nameof(Invariants.I5ValidRoundRises)}: node {node}";
            if (local.Decision is not { } block)
                continue;
            if (decided is { } other && other != block)
                return $"{nameof(Invariants.I1Agreement)}: two honest nodes decided different blocks";
            decided = block;
        }

        return null;
    }

    private sealed record Global(LocalState[] Nodes, Posted[] Post, UInt128 Name)
    {
        public bool IsOver => Nodes.Take(Honest).All(n => n.Decision is not null);

        public static Global Of(LocalStep[] steps)
        {
            List<Posted> post = [];
            var (high, low) = (1UL, 2UL);
            for (var node = 0; node < steps.Length; node++)
            {
                high = (high ^ steps[node].Next.Name) * 0xff51afd7ed558ccd;
                low = (low + steps[node].Next.Name) * 0xbf58476d1ce4e5b9;
                foreach (var message in steps[node].Sent.Distinct().Order())
                {
                    post.Add(new Posted(node, message));
                    high = (high ^ (ulong)((message * 8) + node)) * 0x9e3779b97f4a7c15;
                    low = (low + (ulong)((message * 8) + node)) * 0x94d049bb133111eb;
                }

                (high, low) = (high ^ (high >> 31), low ^ (low >> 29));
            }

            return new Global([.. steps.Select(s => s.Next)], [.. post], new UInt128(high, low));
        }

        public List<int> Heard(int node, int group)
        {
            List<int> heard = [];
            foreach (var (from, message) in Post)
            {
                if (from != node && (group >> from & 1) == (group >> node & 1) && !heard.Contains(message))
                    heard.Add(message);
            }

            return heard;
        }
    }
}
