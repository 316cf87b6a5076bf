using Aitbc.Consensus;
using Aitbc.Consensus.Solo;
using Aitbc.Primitives;
using CsCheck;
using Xunit;
using static Aitbc.Consensus.ConsensusEffect;
using static Aitbc.Consensus.ConsensusInput;

namespace Core.Tests.Consensus;

public sealed class SoloEngineTests
{
    private static readonly Hash256 Block = Keccak256.Hash("block"u8);

    [Fact]
    public void Work_leads_to_a_decided_block_and_the_next_height()
    {
        var (state, effects) = Run(
            new HeightStarted(1), new WorkAvailable(), new BlockBuilt(1, Block), new HeightStarted(2));
        Assert.Equal(
            [new ScheduleHeartbeat(1), new BuildBlock(1, false), new Decide(1, 0, Block), new ScheduleHeartbeat(2)],
            effects);
        Assert.Equal(new SoloState(2, SoloPhase.Waiting, false), state);
    }

    [Fact]
    public void The_heartbeat_asks_for_a_block_even_if_it_is_empty() =>
        Assert.Equal(new BuildBlock(5, true), Run(new HeightStarted(5), new HeartbeatElapsed(5)).Effects[^1]);

    [Fact]
    public void A_heartbeat_of_another_height_or_during_a_build_changes_nothing()
    {
        Assert.Single(Run(new HeightStarted(5), new HeartbeatElapsed(4)).Effects);
        Assert.Equal(2, Run(new HeightStarted(5), new WorkAvailable(), new HeartbeatElapsed(5)).Effects.Count);
    }

    [Fact]
    public void Work_announced_during_a_build_or_a_decision_is_not_forgotten()
    {
        var building = Run(new HeightStarted(1), new WorkAvailable(), new WorkAvailable(), new BlockBuilt(1, null));
        Assert.Equal(new BuildBlock(1, false), building.Effects[^1]);
        var decided = Run(
            new HeightStarted(1), new WorkAvailable(), new BlockBuilt(1, Block), new WorkAvailable(),
            new HeightStarted(2));
        Assert.Equal(new BuildBlock(2, false), decided.Effects[^1]);
    }

    [Fact]
    public void Nothing_to_build_from_means_waiting_again() =>
        Assert.Equal(
            SoloPhase.Waiting, Run(new HeightStarted(1), new WorkAvailable(), new BlockBuilt(1, null)).State.Phase);

    [Fact]
    public void Whatever_happens_heights_are_decided_once_without_gaps_and_one_build_runs_at_a_time()
    {
        var input = Gen.OneOf<ConsensusInput>(
            Gen.ULong[0, 6].Select(h => (ConsensusInput)new HeightStarted(h)),
            Gen.Const<ConsensusInput>(new WorkAvailable()),
            Gen.ULong[0, 6].Select(h => (ConsensusInput)new HeartbeatElapsed(h)),
            Gen.ULong[0, 6].Select(h => (ConsensusInput)new BlockBuilt(h, Block)),
            Gen.ULong[0, 6].Select(h => (ConsensusInput)new BlockBuilt(h, null)));
        input.Array[0, 60].Sample(inputs =>
        {
            var state = SoloState.Initial;
            ulong? decided = null;
            var builds = 0;
            foreach (var next in inputs)
            {
                var (after, effects) = SoloEngine.Step(state, next);
                Assert.Equal((after, effects.Count), (SoloEngine.Step(state, next).State, effects.Count));
                if (next is BlockBuilt built && state.Phase == SoloPhase.Building && built.Height == state.Height)
                    builds--;
                foreach (var effect in effects)
                {
                    if (effect is BuildBlock)
                        Assert.Equal(1, ++builds);
                    if (effect is not Decide decide)
                        continue;
                    Assert.True(decided is null || decide.Height == decided + 1);
                    decided = decide.Height;
                }

                state = after;
            }
        });
    }

    [Fact]
    public void A_certificate_proves_its_own_block_of_its_own_chain_and_nothing_else()
    {
        var seed = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();
        var subject = new CommitSubject(7777, Keccak256.Hash("genesis"u8), 3, 0, Block);
        var certificate = CommitCertificate.FromBytes(CommitCertificate.Sign(seed, subject).ToBytes())!;
        var key = certificate.PublicKey.ToArray();
        Assert.True(certificate.Proves(key, subject));
        Assert.False(certificate.Proves(key, subject with { ChainId = 1 }));
        Assert.False(certificate.Proves(key, subject with { Genesis = Hash256.Zero }));
        Assert.False(certificate.Proves(key, subject with { Height = 4 }));
        Assert.False(certificate.Proves(key, subject with { Round = 1 }));
        Assert.False(certificate.Proves(key, subject with { Block = Hash256.Zero }));
        Assert.False(certificate.Proves(new byte[32], subject));
        Assert.Null(CommitCertificate.FromBytes(new byte[95]));
    }

    private static (SoloState State, List<ConsensusEffect> Effects) Run(params ConsensusInput[] inputs)
    {
        var state = SoloState.Initial;
        var all = new List<ConsensusEffect>();
        foreach (var input in inputs)
        {
            (state, var effects) = SoloEngine.Step(state, input);
            all.AddRange(effects);
        }

        return (state, all);
    }
}
