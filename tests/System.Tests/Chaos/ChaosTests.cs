using System.Tests.Chaos.Running;
using Aitbc.Testing.Network;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>
/// Four validator processes under transfers, with what happens to machines and cables. After each test all have the
/// same hash at every height, no final transfer is lost, and the coins add up.
/// </summary>
public sealed class ChaosTests(ChaosFixture fixture) : IClassFixture<ChaosFixture>
{
    private ChaosNetwork Network => fixture.Network;

    [Fact]
    public Task Validators_that_are_killed_one_at_a_time_come_back_and_sign() => fixture.UnderLoadAsync(async () =>
    {
        for (var round = 0; round < ChaosLength.Rounds; round++)
        {
            var at = round % ChaosNetwork.Count;
            await Network.KillAsync(at);
            await Network.ProgressAsync(2);
            await Network.StartAsync(at);
            await Network.SignsAsync(at);
        }
    });

    [Fact]
    public Task A_validator_that_is_stopped_and_goes_on_catches_up() => fixture.UnderLoadAsync(async () =>
    {
        for (var round = 0; round < ChaosLength.Rounds; round++)
        {
            var at = (round + 1) % ChaosNetwork.Count;
            Network.Pause(at);
            await Task.Delay(ChaosLength.Of(2, 30));
            await Network.ProgressAsync(2);
            Network.Continue(at);
            await Network.SignsAsync(at);
        }
    });

    [Fact]
    public Task Two_halves_decide_nothing_and_go_on_when_they_meet_again() => fixture.UnderLoadAsync(async () =>
    {
        for (var round = 0; round < ChaosLength.Rounds; round++)
        {
            fixture.Mesh.Around([0, 1 + (round % 3)], round % 2 == 0 ? RelayWeather.Cut : RelayWeather.Frozen);
            await Network.StandsStillAsync(ChaosLength.Of(1.5, 20));
            fixture.Mesh.Everywhere(RelayWeather.Clear);
            await Network.ProgressAsync(2);
        }
    });

    [Fact]
    public Task One_that_is_cut_off_silently_is_not_waited_for_and_catches_up() => fixture.UnderLoadAsync(async () =>
    {
        for (var round = 0; round < ChaosLength.Rounds; round++)
        {
            var alone = round % ChaosNetwork.Count;
            fixture.Mesh.Around([alone], RelayWeather.Frozen);
            await Task.Delay(ChaosLength.Of(1, 25));
            await Network.ProgressAsync(2, [.. Network.Awake.Where(i => i != alone)]);
            fixture.Mesh.Everywhere(RelayWeather.Clear);
            await Network.ProgressAsync(2);
        }
    });

    [Fact]
    public Task Delay_and_loss_make_the_chain_slower_and_nothing_else() => fixture.UnderLoadAsync(async () =>
    {
        fixture.Mesh.Everywhere(new RelayWeather(
            TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), 2, TimeSpan.FromMilliseconds(200)));
        await Network.ProgressAsync((ulong)(4 * ChaosLength.Rounds));
        fixture.Mesh.Everywhere(RelayWeather.Clear);
        await Network.ProgressAsync(2);
    });

    [Fact]
    public async Task A_validator_whose_clock_is_an_hour_off_stops_nobody()
    {
        var library = FakeTime.Find();
        Assert.SkipWhen(library is null, "libfaketime is not installed (Debian: apt-get install faketime).");
        await fixture.UnderLoadAsync(async () =>
        {
            foreach (var offset in ChaosLength.IsLong ? new[] { "+3600", "-3600" } : ["+3600"])
            {
                await Network.KillAsync(3);
                await Network.StartAsync(3, FakeTime.Environment(library!, offset));
                await Network.SignsAsync(3);
                await Network.ProgressAsync(4);
            }

            await Network.KillAsync(3);
            await Network.StartAsync(3);
        });
    }

    [Fact]
    public async Task A_validator_whose_disk_is_full_stops_with_the_reason_and_is_right_when_there_is_space()
    {
        Assert.SkipWhen(fixture.Disk is null, fixture.NoDisk);
        await fixture.UnderLoadAsync(async () =>
        {
            for (var round = 0; round < ChaosLength.Rounds; round++)
            {
                fixture.Disk!.Fill();
                Assert.Equal(1, await Network.Process(ChaosFixture.OnSmallDisk).EndedAsync());
                Assert.Contains(
                    "disk is full", Network.Process(ChaosFixture.OnSmallDisk).Log, StringComparison.Ordinal);
                Network.Bury(ChaosFixture.OnSmallDisk);
                await Network.ProgressAsync(2);
                fixture.Disk.Free();
                await Network.StartAsync(ChaosFixture.OnSmallDisk);
                await Network.SignsAsync(ChaosFixture.OnSmallDisk);
            }
        });
    }

    [Fact]
    public Task Those_that_are_wiped_one_at_a_time_catch_up_watch_and_sign() => fixture.UnderLoadAsync(async () =>
    {
        for (var round = 0; round < (ChaosLength.IsLong ? 2 * ChaosLength.Rounds : 1); round++)
        {
            var at = 1 + (round % 2);
            await Network.KillAsync(at);
            Network.Wipe(at);
            await Network.StartAsync(at);
            await Network.SignsAsync(at);
        }
    });

    [Fact]
    public Task Two_that_lose_their_databases_but_keep_guard_and_log_go_on() => fixture.UnderLoadAsync(async () =>
    {
        int[] both = [1, 2];
        foreach (var at in both)
            await Network.KillAsync(at);
        foreach (var at in both)
            Directory.Delete(Path.Combine(Network.DataOf(at), "chain"), recursive: true);
        await Task.WhenAll(both.Select(at => Network.StartAsync(at)));
        foreach (var at in both)
            await Network.SignsAsync(at);
    });
}
