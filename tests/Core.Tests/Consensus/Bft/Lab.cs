using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Xunit;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Core.Tests.Consensus.Bft;

/// <summary>
/// One engine under the hands of a test: signs at once, answers questions about blocks as told, and remembers all
/// effects. With four validators at height 1 the proposers of rounds 0, 1, 2, 3 are 1, 2, 3, 0.
/// </summary>
internal sealed class Lab
{
    private readonly Dictionary<Hash256, BlockInfo> blocks = new()
    {
        [Keys.A.Hash] = Keys.A,
        [Keys.B.Hash] = Keys.B,
    };

    public Lab(RuleSet rules, int me = 0, ValidatorSet? set = null)
    {
        Set = set ?? Keys.Set(4);
        Engine = new BftEngine(Keys.Chain, Set[me].PublicKey, Ed25519Verifier.Instance, rules);
        Do(new HeightStarted(1, Set, BftParameters.Lan, null));
    }

    public BftEngine Engine { get; }

    public ValidatorSet Set { get; }

    public List<BftEffect> Log { get; } = [];

    /// <summary>Valid and timely; null = the body does not come.</summary>
    public Func<Hash256, (bool Valid, bool Timely)?> Check { get; set; } = _ => (true, true);

    public List<SignedMessage> Signed { get; } = [];

    public Vote? Prevoted(int round) => Voted(VoteKind.Prevote, round);

    public Vote? Precommitted(int round) => Voted(VoteKind.Precommit, round);

    public IEnumerable<BftMessage> Sent(List<BftEffect> effects) =>
        effects.OfType<BftEffect.Broadcast>().Select(b => b.Message);

    public BftEffect.Decide? Decision => Log.OfType<BftEffect.Decide>().SingleOrDefault();

    public List<BftEffect> Do(BftInput input)
    {
        List<BftEffect> all = [];
        Queue<BftInput> inputs = new([input]);
        while (inputs.TryDequeue(out var next))
        {
            foreach (var effect in Engine.Step(next))
            {
                all.Add(effect);
                if (effect is BftEffect.Sign sign)
                {
                    Signed.Add(Keys.Signed(sign.Message));
                    inputs.Enqueue(new MessageSigned(Signed[^1]));
                }
                else if (effect is BftEffect.CheckBlock question && Check(question.Block) is { } answer)
                {
                    inputs.Enqueue(new BlockChecked(
                        question.Height, question.Round, blocks[question.Block], answer.Valid, answer.Timely));
                }
                else if (effect is BftEffect.Redeliver early)
                {
                    foreach (var message in early.Messages)
                        inputs.Enqueue(new MessageReceived(message));
                }
            }
        }

        Log.AddRange(all);
        return all;
    }

    public List<BftEffect> Get(params BftMessage[] messages) =>
        [.. messages.SelectMany(m => Do(new MessageReceived(m)))];

    public List<BftEffect> Elapse(TimeoutKind kind) => Do(new TimeoutElapsed(kind, Engine.Height, Engine.Round));

    /// <summary>A block whose body did not come before is there now.</summary>
    public void BodiesArrive()
    {
        Check = _ => (true, true);
        Elapse(TimeoutKind.Rebroadcast);
    }

    public void Prevotes(BlockInfo? block, int round, params int[] signers)
    {
        foreach (var signer in signers)
            Get(Keys.Prevote(signer, block?.Hash ?? default, Engine.Height, round));
    }

    public void Precommits(BlockInfo? block, int round, params int[] signers)
    {
        foreach (var signer in signers)
            Get(Keys.Precommit(signer, block?.Hash ?? default, Engine.Height, round));
    }

    /// <summary>Proposal, polka and precommit of A in round 0, of which two others see nothing.</summary>
    public Lab LockOnA()
    {
        Get(Keys.Proposal(1, Keys.A));
        Prevotes(Keys.A, 0, 1, 2);
        Assert.Equal((0, Keys.A.Hash), (Engine.LockedRound, Engine.LockedBlock));
        Assert.Equal(Keys.A.Hash, Precommitted(0)?.Block);
        return this;
    }

    /// <summary>The others precommit nil, and the round is over.</summary>
    public Lab EndRound()
    {
        var round = Engine.Round;
        Precommits(null, round, 1, 2, 3);
        Elapse(TimeoutKind.Precommit);
        Assert.Equal(round + 1, Engine.Round);
        return this;
    }

    private Vote? Voted(VoteKind kind, int round) =>
        Signed.OfType<Vote>().SingleOrDefault(v => v.Kind == kind && v.Round == round && v.Height == Engine.Height);
}
