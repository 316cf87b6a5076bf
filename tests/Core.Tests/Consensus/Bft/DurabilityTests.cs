using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Primitives;
using Xunit;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Core.Tests.Consensus.Bft;

public sealed class DurabilityTests
{
    private static readonly BftInput[] Inputs =
    [
        new WorkAvailable(),
        new TimeoutElapsed(TimeoutKind.Prevote, 5, 3),
        new BlockBuilt(5, 0, Keys.A),
        new BlockChecked(5, 1, Keys.B, true, false),
        new MessageSigned(Keys.Prevote(1, Keys.A.Hash, height: 5)),
        new SignRefused(Keys.Precommit(1, Keys.A.Hash, height: 5).WithSignature(default)),
        new MessageReceived(Keys.Commit(3, Keys.A.Hash, height: 5)),
    ];

    private static byte[] Log => [.. WalCodec.Header(Keys.Chain, 5), .. Inputs.SelectMany(WalCodec.Encode)];

    [Fact]
    public void G2_the_guard_never_goes_back_and_gives_the_same_signature_for_the_same_bytes()
    {
        var guard = new SignGuard(Keys.Chain, null);
        var prevote = Keys.Prevote(0, Keys.A.Hash, height: 5, round: 1);
        Assert.Equal(GuardAnswer.Sign, guard.Ask(prevote));
        guard.After(prevote, prevote.Signature);
        Assert.Equal(GuardAnswer.SameAgain, guard.Ask(prevote));
        Assert.Equal(prevote.Signature, guard.Last!.Signature);
        Assert.Equal(GuardAnswer.Conflict, guard.Ask(Keys.Prevote(0, Keys.B.Hash, height: 5, round: 1)));
        Assert.Equal(GuardAnswer.Behind, guard.Ask(Keys.Proposal(0, Keys.A, height: 5, round: 1)));
        Assert.Equal(GuardAnswer.Behind, guard.Ask(Keys.Precommit(0, Keys.A.Hash, height: 5, round: 0)));
        Assert.Equal(GuardAnswer.Behind, guard.Ask(Keys.Precommit(0, Keys.A.Hash, height: 4, round: 9)));
        Assert.Equal(GuardAnswer.Sign, guard.Ask(Keys.Precommit(0, Keys.B.Hash, height: 5, round: 1)));
        Assert.Throws<InvalidOperationException>(
            () => guard.After(Keys.Prevote(0, Keys.B.Hash, height: 5, round: 1), default));
    }

    [Fact]
    public void The_guard_file_comes_back_whole_or_not_at_all()
    {
        var guard = new SignGuard(Keys.Chain, null);
        var vote = Keys.Prevote(0, Keys.A.Hash, height: 5, round: 1);
        var bytes = guard.After(vote, vote.Signature).ToBytes(Keys.Chain);
        var read = new SignGuard(Keys.Chain, GuardRecord.FromBytes(bytes, Keys.Chain));
        Assert.Equal(GuardAnswer.SameAgain, read.Ask(vote));
        Assert.Null(GuardRecord.FromBytes(bytes, Keys.Chain with { ChainId = 1 }));
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.Null(GuardRecord.FromBytes(changed, Keys.Chain));
            Assert.Null(GuardRecord.FromBytes(bytes.AsMemory(0, i), Keys.Chain));
        }
    }

    [Fact]
    public void G3_a_guard_raised_over_a_height_signs_nothing_of_it()
    {
        var guard = new SignGuard(Keys.Chain, null);
        var record = guard.RaiseOver(7)!;
        Assert.Null(guard.RaiseOver(7));
        Assert.Null(guard.RaiseOver(6));
        var read = new SignGuard(Keys.Chain, GuardRecord.FromBytes(record.ToBytes(Keys.Chain), Keys.Chain));
        Assert.Equal(GuardAnswer.Behind, read.Ask(Keys.Precommit(0, Keys.A.Hash, height: 7, round: 1 << 20)));
        Assert.Equal(GuardAnswer.Sign, read.Ask(Keys.Proposal(0, Keys.A, height: 8)));
    }

    [Fact]
    public void B25_a_database_restored_from_a_copy_100_heights_old_does_not_sign_old_heights_again()
    {
        var guard = new SignGuard(Keys.Chain, null);
        var vote = Keys.Precommit(0, Keys.A.Hash, height: 200);
        guard.After(vote, vote.Signature);
        var permit = new SigningPermit(guard.Last, tip: 100, confirmed: false);
        Assert.Equal(PermitState.Granted, permit.State);
        for (var height = 101UL; height < 200; height++)
            Assert.Equal(GuardAnswer.Behind, guard.Ask(Keys.Prevote(0, Keys.B.Hash, height)));
        Assert.Equal(GuardAnswer.Conflict, guard.Ask(Keys.Precommit(0, Keys.B.Hash, height: 200)));
        Assert.Equal(GuardAnswer.Sign, guard.Ask(Keys.Prevote(0, Keys.B.Hash, height: 201)));
    }

    [Fact]
    public void G4_a_missing_or_old_guard_needs_the_operators_word_and_two_heights()
    {
        static GuardRecord At(ulong height) => new(height, 0, 3, default, default);
        Assert.Equal(PermitState.Granted, new SigningPermit(null, 0, false).State);
        Assert.Equal(PermitState.NeedsConfirmation, new SigningPermit(null, 1, false).State);
        Assert.Equal(PermitState.Granted, new SigningPermit(At(100), 100, false).State);
        Assert.Equal(PermitState.Granted, new SigningPermit(At(99), 100, false).State);
        Assert.Equal(PermitState.NeedsConfirmation, new SigningPermit(At(98), 100, false).State);
        var permit = new SigningPermit(At(98), 100, true);
        permit.Committed(101);
        Assert.Equal(PermitState.Watching, permit.State);
        permit.Committed(102);
        Assert.Equal(PermitState.Granted, permit.State);
        var doubled = new SigningPermit(null, 100, true);
        doubled.SawOwnKey(100);
        Assert.Equal(PermitState.Watching, doubled.State);
        doubled.SawOwnKey(101);
        doubled.Committed(200);
        Assert.Equal(PermitState.KeyIsInUse, doubled.State);
    }

    [Fact]
    public void G5_a_watch_does_not_end_before_it_is_known_from_where_to_count()
    {
        var guard = new SignGuard(Keys.Chain, null);
        var permit = new SigningPermit(guard.Watch(), SigningPermit.NotYet, confirmed: false);
        Assert.Null(guard.Watch());
        permit.Committed(1_000);
        Assert.True(permit.WaitsToCount);
        permit.CountFrom(1_004);
        permit.CountFrom(2);
        permit.Committed(1_005);
        Assert.Equal(PermitState.Watching, permit.State);
        permit.Committed(1_006);
        Assert.Equal(PermitState.Granted, permit.State);
        Assert.Equal(GuardAnswer.Behind, guard.Ask(Keys.Prevote(0, Keys.A.Hash, height: 0)));
        Assert.Equal((1_006UL, 0), (guard.RaiseOver(1_006)!.Height, guard.Last!.Step));
    }

    [Fact]
    public void D1_a_log_gives_back_its_inputs()
    {
        var content = WalCodec.Read(Log, Keys.Chain, 5);
        Assert.Equal((WalStatus.Whole, Log.Length), (content.Status, content.GoodLength));
        Assert.Equal(Inputs.Select(WalCodec.Encode), content.Inputs.Select(WalCodec.Encode));
        Assert.Equal(WalStatus.OtherHeight, WalCodec.Read(Log, Keys.Chain, 6).Status);
        Assert.Equal(WalStatus.OtherHeight, WalCodec.Read(Log, Keys.Chain with { ChainId = 1 }, 5).Status);
        Assert.Equal((WalStatus.Whole, 0), (WalCodec.Read(default, Keys.Chain, 5).Status, 0));
    }

    [Fact]
    public void D2_a_log_cut_anywhere_keeps_its_whole_records_and_says_where_to_cut()
    {
        var whole = Log;
        List<int> ends = [WalCodec.Header(Keys.Chain, 5).Length];
        foreach (var input in Inputs)
            ends.Add(ends[^1] + WalCodec.Encode(input).Length);
        for (var length = 0; length < whole.Length; length++)
        {
            var content = WalCodec.Read(whole.AsMemory(0, length), Keys.Chain, 5);
            var good = ends.LastOrDefault(e => e <= length);
            Assert.Equal(good == length ? WalStatus.Whole : WalStatus.TornTail, content.Status);
            Assert.Equal(good, content.GoodLength);
            Assert.Equal(Math.Max(0, ends.Count(e => e <= length) - 1), content.Inputs.Count);
            // Zeros where the file system had not written yet are a torn tail too.
            var padded = WalCodec.Read((byte[])[.. whole[..length], .. new byte[20]], Keys.Chain, 5);
            Assert.NotEqual(WalStatus.Damaged, padded.Status);
            Assert.True(padded.GoodLength >= good);
        }
    }

    [Fact]
    public void D2_a_flipped_bit_before_good_records_is_damage_and_in_the_last_record_a_torn_tail()
    {
        var last = Log.Length - WalCodec.Encode(Inputs[^1]).Length;
        for (var i = 0; i < Log.Length; i++)
        {
            byte[] changed = [.. Log];
            changed[i] ^= 0x10;
            Assert.Equal(
                i < last ? WalStatus.Damaged : WalStatus.TornTail, WalCodec.Read(changed, Keys.Chain, 5).Status);
        }
    }

    [Fact]
    public void Crc_of_the_standard_check_string_is_e3069283() =>
        Assert.Equal(0xe3069283u, Crc32C.Of("123456789"u8));
}
