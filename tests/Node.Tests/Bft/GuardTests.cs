using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Node;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Bft;

public sealed class GuardTests
{
    [Fact]
    public async Task A_validator_whose_guard_has_signed_something_else_stays_silent_there()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        var height = cluster.ChainOf(0).Head.Header.Number + 1;
        var binding = cluster.ChainOf(0).Binding;
        var vote = new Vote(VoteKind.Prevote, height, 0, Keccak256.Hash("other"u8), -1, 3, default);
        var guarded = new GuardRecord(height, 0, (int)vote.Step, vote.SignBytes(binding), new byte[64]);
        File.WriteAllBytes(Path.Combine(cluster.DataOf(3), "sign.guard"), guarded.ToBytes(binding));
        var refused = 0;
        cluster.Options(3).AtPoint = at => refused += at == "Alarm" ? 1 : 0;
        await cluster.StartAsync(3);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 1));
        cluster.OneHashAtEveryHeight();
        // Its log does not hold that signature, so it abstains from the height and asks for no other (G6).
        Assert.Equal(0, refused);
        Assert.Equal(PermitState.Granted, cluster.Standing(3).Permit);
    }

    [Fact]
    public async Task A_validator_whose_guard_is_an_old_copy_waits_for_its_operator()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        var guard = Path.Combine(cluster.DataOf(3), "sign.guard");
        await cluster.StopAsync(3);
        var old = await File.ReadAllBytesAsync(guard);
        await cluster.StartAsync(3);
        for (var nonce = 1UL; nonce < 5; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        await cluster.StopAsync(3);
        await File.WriteAllBytesAsync(guard, old);
        await cluster.StartAsync(3);
        await cluster.UntilAsync(() => !cluster.Standing(3).WaitsAtStart, "beginning");
        Assert.Equal(PermitState.NeedsConfirmation, cluster.Standing(3).Permit);
        await cluster.StopAsync(3);
        cluster.Options(3).ConfirmSoleSigner = true;
        await cluster.StartAsync(3);
        await cluster.UntilAsync(() => !cluster.Standing(3).WaitsAtStart, "beginning");
        Assert.Equal(PermitState.Watching, cluster.Standing(3).Permit);
        await cluster.SignsAsync(3, sender: 0, nonce: 5);
    }

    [Fact]
    public async Task G5_a_validator_that_dies_before_it_ever_signed_signs_at_once_when_it_comes_back()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.BegunAsync();
        await cluster.StopAsync(3);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StartAsync(3);
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        await cluster.StopAsync(1);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 1));
        Assert.Equal(PermitState.Granted, cluster.Standing(3).Permit);
        cluster.OneHashAtEveryHeight();
    }

    [Fact]
    public async Task G5_a_wiped_validator_that_dies_while_it_watches_watches_again_and_needs_no_word()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        cluster.Wipe(3);
        for (var nonce = 1UL; nonce < 4; nonce++)
        {
            await cluster.StartAsync(3);
            await cluster.BegunAsync(3);
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
            Assert.Equal(PermitState.Watching, cluster.Standing(3).Permit);
            await cluster.StopAsync(3);
        }

        await cluster.StartAsync(3);
        await cluster.SignsAsync(3, sender: 0, nonce: 4);
        cluster.OneHashAtEveryHeight();
    }

    [Fact]
    public async Task A_damaged_log_stops_the_start_and_says_what_to_do()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        await cluster.StopAsync(2);
        await cluster.SendAsync(0, 0, 1);
        await cluster.VoteAsync(1);
        await cluster.StopAsync(1);
        var log = Directory.GetFiles(Path.Combine(cluster.DataOf(1), "consensus"), "*.wal").Single();
        var bytes = await File.ReadAllBytesAsync(log);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(log, bytes);
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => cluster.StartAsync(1));
        Assert.Equal(NodeStartException.Damaged, refusal.Code);
        Assert.Contains(log, refusal.Message, StringComparison.Ordinal);
        // A torn end is what a crash leaves.
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(log, bytes[..^3]);
        await cluster.StartAsync(1);
        await cluster.StartAsync(2);
        await cluster.FinalAsync(await cluster.SendAsync(1, 1, 0));
        cluster.OneHashAtEveryHeight();
    }
}
