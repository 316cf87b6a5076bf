using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Gpu;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Provider.Delivery;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Gpu;

public sealed class GpuTests
{
    private static readonly GpuWork Work = new() { Seed = Keccak256.Hash([1]), Lanes = 8, Steps = 40 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_processor_gives_what_the_asker_computes_in_every_lane_and_the_seed_changes_all()
    {
        using var accelerator = GpuAccelerator.Find(TimeProvider.System);

        var results = accelerator.Run(Work, Stop).Results;

        Assert.True(Work.Verify(results, [.. Enumerable.Range(0, Work.Lanes)]));
        Assert.False((Work with { Seed = Keccak256.Hash([2]) }).Verify(results, [0]));
        Assert.False((Work with { Steps = 41 }).Verify(results, [0]));
        Assert.Equal(Work.Lanes, Enumerable.Range(0, Work.Lanes).Select(Work.Lane).Distinct().Count());
    }

    [Fact]
    public void A_lane_has_the_result_that_a_program_in_another_language_computed() => Assert.Equal(
        (14191246121791390526UL, 8749007787737667982UL),
        (Work.Lane(0), (Work with { Steps = 1 }).Lane(7)));

    [Fact]
    public void A_forged_lane_is_found_where_it_is_looked_at_and_a_missing_one_always()
    {
        using var accelerator = GpuAccelerator.Find(TimeProvider.System);
        var results = accelerator.Run(Work, Stop).Results;
        results[3 * sizeof(ulong)] ^= 1;

        Assert.False(Work.Verify(results, [0, 3]));
        Assert.True(Work.Verify(results, [0, 2]));
        Assert.False(Work.Verify(results.AsSpan(8), [0]));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(65_537, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1_048_577)]
    public void Work_out_of_its_range_is_none(int lanes, int steps) =>
        Assert.NotNull((Work with { Lanes = lanes, Steps = steps }).Problem());

    [Fact]
    public async Task Challenges_have_a_size_a_pause_and_a_place()
    {
        var time = new FakeTimeProvider();
        using var slots = new ExecutionSlots(1, 0);
        using var challenges = new GpuChallenges(new() { MaxCpuChallengeMib = 1, MaxChallengeMib = 1 }, slots, time);

        var tooLarge = await RefusedAsync(challenges, Work with { Lanes = 2048 });
        await challenges.AnswerAsync(Work, Stop);
        var tooSoon = await RefusedAsync(challenges, Work);
        time.Advance(TimeSpan.FromMinutes(1));
        var taken = slots.TryReserve()!;
        var noPlace = await RefusedAsync(challenges, Work);
        taken.Dispose();
        await challenges.AnswerAsync(Work, Stop);

        Assert.Equal(
            ["spec_unsupported", "provider_busy", "provider_busy"], new[] { tooLarge, tooSoon, noPlace });
    }

    [Fact]
    public async Task The_door_tells_what_there_is_and_answers_a_challenge_that_the_asker_can_check()
    {
        using var folder = new TemporaryFolder();
        await using var chain = await ScriptedChain.StartAsync();
        await using var daemon = await Daemon.StartAsync(
            chain, new CountingEngine(), new FakeTimeProvider(DateTimeOffset.UtcNow), folder.Path);

        var (status, answer) = await PostAsync(
            daemon, $"{{\"seed\":\"{Work.Seed}\",\"lanes\":{Work.Lanes},\"steps\":{Work.Steps}}}");
        var gpus = JsonNode.Parse(await daemon.Http.GetStringAsync("/v1/gpus", Stop))!;

        Assert.Equal(HttpStatusCode.OK, status);
        var results = Convert.FromBase64String((string)answer["results"]!);
        Assert.True(Work.Verify(results, [1, 5]));
        Assert.Equal(Keccak256.Hash(results).ToString(), (string)answer["proof"]!["digest"]!);
        Assert.Equal((string)answer["proof"]!["digest"]!, (string)gpus["proof"]!["digest"]!);
        Assert.Contains((string)gpus["source"]!, new[] { "none", "nvml", "nvidia-smi" });
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("{\"seed\":\"0x00\",\"lanes\":1,\"steps\":1}", HttpStatusCode.BadRequest)]
    public async Task A_challenge_that_is_none_is_refused(string body, HttpStatusCode expected)
    {
        using var folder = new TemporaryFolder();
        await using var chain = await ScriptedChain.StartAsync();
        await using var daemon = await Daemon.StartAsync(chain, new CountingEngine(), TimeProvider.System, folder.Path);

        Assert.Equal(expected, (await PostAsync(daemon, body)).Status);
    }

    [Fact]
    public void Without_the_library_there_is_none_and_nothing_is_thrown()
    {
        Assert.Null(Nvml.TryOpen("libthere-is-none.so.1"));
        // A library that is there and is another one.
        Assert.Null(Nvml.TryOpen("libc.so.6"));
    }

    [Fact]
    public void The_words_of_the_program_become_devices_and_what_is_no_line_of_it_is_left_out()
    {
        var devices = NvidiaSmi.Parse(
            "0, NVIDIA H100 80GB HBM3, 550.54.15, 81559, 3, 17, 34\n"
            + "1, NVIDIA X, 550.54.15, [N/A], [Unknown Error], [N/A], 200\nNo devices were found\n, , ,\n");

        Assert.Equal(2, devices.Count);
        Assert.Equal(
            ("NVIDIA H100 80GB HBM3", "550.54.15", 81_559L << 20, 17, 34),
            (devices[0].Name, devices[0].Driver, devices[0].MemoryBytes, devices[0].LoadPercent,
                devices[0].TemperatureCelsius));
        Assert.Null(devices[1].MemoryBytes);
        Assert.Null(devices[1].LoadPercent);
    }

    [Theory]
    [InlineData("echo 0, Card, 1.0, 1024, 1, 2, 3", 1)]
    [InlineData("exit 9", null)]
    [InlineData("exec sleep 60", null)]
    [InlineData("while true; do echo 0, Card, 1.0, 1024, 1, 2, 3; done", null)]
    public async Task A_program_that_fails_hangs_or_floods_is_as_good_as_none(string script, int? devices)
    {
        using var folder = new TemporaryFolder();
        var program = Path.Combine(folder.Path, "nvidia-smi");
        await File.WriteAllTextAsync(program, "#!/bin/sh\n" + script + "\n", Stop);
        using (var chmod = Process.Start("chmod", ["+x", program]))
            await chmod.WaitForExitAsync(Stop);

        var found = await new NvidiaSmi(TimeProvider.System, program, 1000).DevicesAsync(Stop);

        Assert.Equal(devices, found?.Count);
        Assert.Null(await new NvidiaSmi(TimeProvider.System, program + "-absent").DevicesAsync(Stop));
    }

    private static async Task<string> RefusedAsync(GpuChallenges challenges, GpuWork work) =>
        (await Assert.ThrowsAsync<AitbcException>(() => challenges.AnswerAsync(work, Stop))).Problem.Code;

    private static async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(Daemon daemon, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await daemon.Http.PostAsync("/v1/gpus/challenge", content, Stop);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!);
    }
}
