using System.Tests.Processes;
using System.Text.Json;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>What the owner of a provider is told by its doctor.</summary>
public sealed class ProviderDoctorTests
{
    [Fact]
    public async Task The_doctor_buys_of_its_own_provider_and_says_what_to_fix_when_that_is_paused()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(
            folder["data"], "--roles", "node,wallet,coordinator,provider");
        Assert.Equal(0, (await RunAsync(network, "budget", "create", "doctor", "1")).Exit);
        var first = await FindingsAsync(network, "--budget", "doctor");
        Assert.True(first["test job"].IsGood, first["test job"].Said);
        Assert.Contains("its receipt is valid", first["test job"].Said, StringComparison.Ordinal);
        Assert.True(first["listed"].IsGood, first["listed"].Said);
        Assert.True(first["gpu"].IsGood, first["gpu"].Said);

        Assert.Equal(0, (await RunAsync(network, "provider", "pause")).Exit);
        var paused = await FindingsAsync(network, "--budget", "doctor");
        Assert.False(paused["test job"].IsGood);
        Assert.Contains("503", paused["test job"].Said, StringComparison.Ordinal);
        var poor = await FindingsAsync(network, "--budget", "doctor", "--max", "1 atto");
        Assert.False(poor["test job"].IsGood);
    }

    private static Task<ProgramRun> RunAsync(TestNetwork network, params string[] arguments) =>
        ProgramRun.CliAsync([.. arguments, "--data", network.Data, "--json"]);

    // Without a model the doctor ends with 1; what it says of the rest counts here.
    private static async Task<Dictionary<string, (bool IsGood, string Said)>> FindingsAsync(
        TestNetwork network, params string[] arguments)
    {
        var run = await RunAsync(network, ["provider", "doctor", .. arguments]);
        return run.Json.EnumerateArray().ToDictionary(
            f => f.GetProperty("what").GetString()!,
            f => (f.GetProperty("ok").GetBoolean(), f.GetProperty("said").GetString()!));
    }
}
