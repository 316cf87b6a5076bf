using System.Text;
using Aitbc.Provider.Engines;
using Aitbc.Sdk.Market;
using Aitbc.Testing.Containers;
using Xunit;

namespace Services.Tests.Provider.Container;

/// <summary>Friendly and hostile programs in containers of a real podman; skipped where none can run.</summary>
public sealed class RealContainerTests(PodmanFixture fixture) : IClassFixture<PodmanFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_container_turns_its_input_into_its_output_and_its_seconds_are_its_units()
    {
        using var containers = Make();
        const string script = "wc -c; echo \"$GREETING $#\"; echo not this >&2";

        var outcome = await containers.ShellAsync(
            script, Stop, "eighteen characters", s => s with { Env = ["GREETING=good day"] });

        Assert.Equal((EngineEnds.Completed, "19\ngood day 0\n"), (outcome.End, Text(outcome)));
        Assert.InRange(outcome.Units, 1UL, 10UL);
        Assert.Equal("", await LeftAsync());
    }

    [Fact]
    public async Task A_real_container_has_no_root_no_capability_no_network_and_nothing_to_write_but_a_small_tmp()
    {
        using var containers = Make();
        const string script = """
            id -u
            grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status
            ls /sys/class/net
            echo x 2>/dev/null > /x || echo 'cannot write'
            dd if=/dev/zero of=/tmp/x bs=1M count=40 2>/dev/null || ls -l /tmp/x | grep -c 16777216
            """;

        var outcome = await containers.ShellAsync(script, Stop, change: s => s with { MaxMemoryMib = 32 });

        var zero = new string('0', 16);
        Assert.Equal(
            $"65534\nCapEff:\t{zero}\nCapBnd:\t{zero}\nNoNewPrivs:\t1\nlo\ncannot write\n1\n", Text(outcome));
    }

    [Theory]
    [InlineData("echo half; exit 3", EngineEnds.ExitedWithCode)]
    [InlineData("exec sleep 30", EngineEnds.TimeExceeded)]
    [InlineData("exec yes", EngineEnds.OutputExceeded)]
    [InlineData("exec tail /dev/zero", EngineEnds.MemoryExceeded)]
    [InlineData("for i in 1 2 3 4 5 6 7 8 9; do sleep 9 & done; wait", EngineEnds.ExitedWithCode)]
    [InlineData("exec >&- 2>&-; exec sleep 30", EngineEnds.TimeExceeded)]
    public async Task A_real_container_that_does_not_end_well_has_a_typed_end_no_output_and_is_removed(
        string script, string end)
    {
        using var containers = Make();

        var outcome = await containers.ShellAsync(
            script,
            Stop,
            change: s => s with { MaxSeconds = 2, MaxMemoryMib = 16, MaxPids = 8, MaxOutputBytes = 1000 });

        // podman does not always say that it was the memory.
        var seen = end == EngineEnds.MemoryExceeded
            && outcome.Detail.StartsWith("It was killed", StringComparison.Ordinal) ? end : outcome.End;
        Assert.Equal((end, 0), (seen, outcome.Output.Length));
        Assert.InRange(outcome.Units, 1UL, 2UL);
        Assert.Equal("", await LeftAsync());
    }

    [Fact]
    public async Task A_real_container_may_leave_its_input_and_talk_on_standard_error_as_it_likes()
    {
        using var containers = Make();
        var much = new string('x', 8 << 20);

        var echo = await containers.ShellAsync("exec cat", Stop, much, s => s with { MaxMemoryMib = 64 });
        var deaf = await containers.ShellAsync("head -c 2; head -c 9000000 /dev/zero >&2", Stop, much);

        Assert.Equal((EngineEnds.Completed, much.Length), (echo.End, echo.Output.Length));
        Assert.Equal((EngineEnds.Completed, "xx"), (deaf.End, Text(deaf)));
    }

    [Fact]
    public async Task A_real_container_ends_with_the_cancellation_of_its_job()
    {
        using var containers = Make();
        using var stop = new CancellationTokenSource();
        var running = containers.ShellAsync("exec sleep 30", stop.Token);
        while (await fixture.Podman.RunAsync("ps", "--quiet") == "")
            await Task.Delay(20, Stop);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("", await LeftAsync());
    }

    [Fact]
    public async Task What_a_killed_provider_left_in_real_containers_is_removed_at_the_next_start_and_nothing_else()
    {
        var podman = fixture.Podman;
        using var containers = Make();
        using var other = new Containers(podman.Url, podman.ImageId, "/elsewhere");
        var (own, foreign) = (await LeaveAsync(podman, "/data"), await LeaveAsync(podman, "/elsewhere"));

        await containers.Engine.LookAsync(Stop);
        var left = await podman.RunAsync("ps", "--all", "--quiet", "--no-trunc");
        await other.Engine.LookAsync(Stop);

        Assert.NotEqual(own, foreign);
        Assert.Equal(foreign, left);
        Assert.Equal("", await LeftAsync());
    }

    [Fact]
    public async Task Images_that_a_real_engine_has_are_offered_and_others_are_not()
    {
        var podman = fixture.Podman;
        var absent = podman.Image[..^1] + (podman.Image[^1] == '0' ? '1' : '0');
        using var containers = new Containers(podman.Url, podman.Image, "/data", l =>
        {
            l.Images.Add(absent);
            l.GpuAllowed = true;
        });

        var offers = await containers.Engine.LookAsync(Stop);
        var missing = await containers.RunAsync(
            containers.Spec(["/bin/id"], [], s => s with { Image = absent }), [], Stop);
        // This podman knows no such devices, and says nothing of it.
        var blind = await containers.ShellAsync("id", Stop, change: s => s with { Gpu = true });

        Assert.Equal(
            [ResourceClass.OfImage(podman.Image, gpu: false), ResourceClass.OfImage(podman.Image, gpu: true)],
            offers.Select(o => o.ResourceClass));
        Assert.StartsWith("podman ", containers.Engine.Version, StringComparison.Ordinal);
        Assert.Equal(EngineEnds.ImageMissing, missing.End);
        Assert.Equal(EngineEnds.EngineFault, blind.End);
        Assert.Equal("", await LeftAsync());
    }

    private static string Text(EngineOutcome outcome) => Encoding.UTF8.GetString(outcome.Output.Span);

    /// <summary>As a provider does that is killed while it waits.</summary>
    private static async Task<string> LeaveAsync(PodmanService podman, string folder)
    {
        using var containers = new Containers(podman.Url, podman.ImageId, folder);
        using var host = containers.NewHost();
        var label = host.Labels.Single();
        return await podman.RunAsync(
            "run", "--detach", "--stop-timeout", "0", "--network", "none", "--label", $"{label.Key}={label.Value}",
            podman.ImageId, "/bin/sleep", "60");
    }

    private Containers Make() => new(fixture.Podman.Url, fixture.Podman.Image, "/data");

    private Task<string> LeftAsync() => fixture.Podman.RunAsync("ps", "--all", "--quiet");
}
