using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Simulator.Explorer;

/// <summary>The phases of a round in which messages are exchanged; then the waits of the phase are over.</summary>
internal enum Phase
{
    Propose,
    Prevote,
    Precommit,
}

/// <summary>
/// Steps of the real engine, each computed once: a node in one state that hears one set of messages always does the
/// same.
/// </summary>
internal sealed class LocalSteps
{
    /// <summary>With four validators the one with index 3 proposes in round 0 of this height.</summary>
    private const ulong Height = 3;

    private readonly SimKeys keys = new(false);
    private readonly RuleSet rules;
    private readonly ValidatorSet set;
    private readonly List<BftMessage> messages = [];
    private readonly Dictionary<ulong, int> numbers = [];
    private readonly Dictionary<(ulong Name, ulong Heard, Phase Phase, int Node), LocalStep> known = [];

    public LocalSteps(RuleSet rules)
    {
        this.rules = rules;
        set = ValidatorSet.Create([.. Enumerable.Range(0, 4).Select(keys.Member)]);
    }

    /// <summary>Nodes 0, 1, 2 are honest; 3 and 4 are the twins, with the key of validator 3.</summary>
    public static int Nodes => 5;

    public int Count => known.Count;

    /// <summary>The node enters round 0; each twin proposes a block of its own.</summary>
    public LocalStep Begin(int node)
    {
        var engine = new BftEngine(SimKeys.Chain, keys.Public(Math.Min(node, 3)), keys, rules);
        engine.Step(new HeightStarted(Height, set, BftParameters.Lan, null));
        return Do(new LocalState((ulong)node + 1, engine, null), node, [new WorkAvailable()]);
    }

    /// <summary>The node hears messages, and the wait of the phase passes.</summary>
    public LocalStep Step(LocalState before, int node, IReadOnlyList<int> heard, Phase phase)
    {
        var print = 1UL;
        foreach (var number in heard)
            print = (print * 0x100000001b3) ^ (ulong)number;
        var place = (before.Name, print, phase, node);
        if (known.TryGetValue(place, out var step))
            return step;
        var copy = before with { Engine = before.Engine.Clone() };
        step = Do(copy, node, heard.Select(BftInput (number) => new MessageReceived(messages[number])));
        var state = step.Next.Engine.State!;
        List<BftInput> waits = [];
        if (phase == Phase.Propose && state.Step == RoundStep.Propose)
            waits.Add(new TimeoutElapsed(TimeoutKind.Propose, Height, state.Round));
        if (phase == Phase.Prevote && state is { Step: RoundStep.Prevote, PrevoteTimer: true })
            waits.Add(new TimeoutElapsed(TimeoutKind.Prevote, Height, state.Round));
        if (phase == Phase.Precommit && state is { PrecommitTimer: true, Step: not RoundStep.Decided })
            waits.Add(new TimeoutElapsed(TimeoutKind.Precommit, Height, state.Round));
        if (phase == Phase.Precommit)
            waits.Add(new TimeoutElapsed(TimeoutKind.Rebroadcast, Height, 0));
        var after = Do(step.Next, node, waits);
        known[place] = step = new LocalStep(after.Next, [.. step.Sent, .. after.Sent]);
        return step;
    }

    private LocalStep Do(LocalState state, int node, IEnumerable<BftInput> inputs)
    {
        List<int> sent = [];
        Queue<BftInput> queue = new(inputs);
        while (queue.TryDequeue(out var input))
        {
            var effects = state.Engine.Step(input);
            if (state.Engine.LastInputMattered)
                state = state with { Name = (state.Name * 0x9e3779b97f4a7c15) ^ EventHash.Of(WalCodec.Encode(input)) };
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case BftEffect.Sign sign:
                        queue.Enqueue(new MessageSigned(keys.Signed(sign.Message, Math.Min(node, 3))));
                        break;
                    case BftEffect.BuildBlock build:
                        queue.Enqueue(new BlockBuilt(build.Height, build.Round, Block(node == 4 ? 1 : 0)));
                        break;
                    case BftEffect.CheckBlock check:
                        var info = Block(0).Hash == check.Block ? Block(0) : Block(1);
                        queue.Enqueue(new BlockChecked(check.Height, check.Round, info, true, true));
                        break;
                    case BftEffect.Broadcast broadcast:
                        sent.Add(NumberOf(broadcast.Message));
                        break;
                    case BftEffect.Decide decide:
                        state = state with { Decision = decide.Block };
                        break;
                }
            }
        }

        return new LocalStep(state, sent);
    }

    private static BlockInfo Block(int value) => new(Keccak256.Hash([(byte)value]), Keccak256.Hash([9]), 1);

    private int NumberOf(BftMessage message)
    {
        var packed = SimNode.Pack(message);
        if (!numbers.TryGetValue(packed.Print, out var number))
        {
            numbers[packed.Print] = number = messages.Count;
            messages.Add(packed.Message);
        }

        return number;
    }
}
