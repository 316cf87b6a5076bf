using Aitbc.Simulator.Parts;
using Aitbc.Testing;

namespace Aitbc.Simulator.Faults;

/// <summary>
/// Makes the plan of a seed. Adversaries, disks that lose what was durable and clocks that jump together hit at most f
/// validators; what a correct node must survive (network, crashes, full or slow disks) may hit all.
/// </summary>
internal static class PlanMaker
{
    private static readonly int[] Sizes = [4, 4, 4, 4, 5, 6, 7, 7];

    public static SimPlan Make(ulong seed)
    {
        var random = new Xoshiro(seed);
        var validators = Sizes[random.Below(Sizes.Length)];
        var spares = random.Below(3) == 0 ? 1 + random.Below(2) : 0;
        var heal = 6_000 + random.Below(14_000);
        List<Fault> faults = [];
        AddFaulty(faults, random, validators, heal);
        AddNetwork(faults, random, validators + spares, heal);
        AddNodes(faults, random, validators + spares, heal);
        for (var i = 0; i < spares; i++)
            faults.Add(new Membership(random.Below(heal), validators + i, true));
        if (spares > 0)
            faults.Add(new Membership(random.Below(heal), random.Below(validators + spares), false));
        return new SimPlan(seed, validators, spares, heal, 100 + random.Below(900), random.Below(4) == 0, faults);
    }

    private static void AddFaulty(List<Fault> faults, Xoshiro random, int validators, int heal)
    {
        var budget = (validators - 1) / 3;
        var first = random.Below(validators);
        for (var i = 0; i < budget; i++)
        {
            var node = (first + (i * (1 + random.Below(2)))) % validators;
            if (faults.Exists(f => f is Misbehaviour m && m.Node == node))
                continue;
            var at = random.Below(heal);
            switch (random.Below(8))
            {
                case 0:
                    break;
                case 1:
                    faults.Add(new DiskLoses(at, node, 200 + random.Below(3_000), (DiskLoss)random.Below(6)));
                    break;
                case 2:
                    int[] jumps = [3_600_000, -3_600_000, 900, -900, 15_000];
                    faults.Add(new ClockJump(at, at + 500 + random.Below(8_000), node, jumps[random.Below(5)]));
                    break;
                default:
                    faults.Add(new Misbehaviour((AdversaryKind)random.Below(9), node));
                    break;
            }
        }
    }

    private static void AddNetwork(List<Fault> faults, Xoshiro random, int nodes, int heal)
    {
        if (random.Below(4) > 0)
        {
            var at = random.Below(heal / 2);
            faults.Add(new Noise(
                at, at + 1_000 + random.Below(heal), random.Below(200), random.Below(200), random.Below(150)));
        }

        for (var i = random.Below(5); i > 0; i--)
        {
            var at = random.Below(heal);
            var until = Math.Min(heal, at + 100 + random.Below(6_000));
            var group = random.Next() & ((1UL << nodes) - 1);
            var (from, to) = (random.Below(nodes), random.Below(nodes));
            faults.Add(random.Below(7) switch
            {
                0 => new Partition(at, until, group),
                1 => new AsymmetricPartition(at, until, group),
                2 => new OneWayLink(at, until, from, to),
                3 => new Clog(at, until, from, to),
                4 => new IsolateProposer(at, until),
                5 => new Swizzle(at, until, from),
                _ => new Partition(at, until, 1UL << from),
            });
        }
    }

    private static void AddNodes(List<Fault> faults, Xoshiro random, int nodes, int heal)
    {
        for (var i = random.Below(6); i > 0; i--)
        {
            var (at, node, loss) = (random.Below(heal), random.Below(nodes), (CrashLoss)random.Below(3));
            var down = 1 + random.Below(3_000);
            var until = Math.Min(heal, at + down);
            faults.Add(random.Below(9) switch
            {
                0 or 1 or 2 => new Crash(at, node, down, loss),
                3 or 4 => new CrashAtEffect(at, node, 1 + random.Below(60), down, loss),
                5 => new Pause(at, until, node),
                6 => new DiskFull(at, until, node),
                7 => new SyncFails(at, until, node),
                _ => new SlowDisk(at, until, node, 1 + random.Below(80)),
            });
        }

        if (random.Below(4) == 0)
            faults.Add(new ClockDrift(0, random.Below(nodes), random.Below(20_000) - 10_000));
    }
}
