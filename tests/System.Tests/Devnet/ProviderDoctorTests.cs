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
        Assert.Equal((true, $"{network.Url("provider").Port} is the provider's"), first["port"]);
        Assert.True(first["address"].IsGood, first["address"].Said);

        Assert.Equal(0, (await RunAsync(network, "provider", "pause")).Exit);
        var paused = await FindingsAsync(network, "--budget", "doctor");
        Assert.False(paused["test job"].IsGood);
        Assert.Contains("503", paused["test job"].Said, StringComparison.Ordinal);
        var poor = await FindingsAsync(network, "--budget", "doctor", "--max", "1 atto");
        Assert.False(poor["test job"].IsGood);
    }

    [Fact]
    public async Task A_machine_without_models_sells_programs_when_that_is_meant_and_is_told_how_otherwise()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"]);
        var made = await RunAsync(network, "wallet", "create", "ai-serve");
        var account = made.Json.GetProperty("address").GetString()!;
        Assert.Equal(0, (await RunAsync(network, "wallet", "send", account, "2")).Exit);
        (string, string) noOllama = ("OLLAMA_HOST", $"127.0.0.1:{Ports.Free()}");

        var without = await ProgramRun.RunAsync(Built.Dotnet, Shop(network, "--check"), null, noOllama);
        Assert.Equal(1, without.Exit);
        var missing = Assert.Single(without.Json.EnumerateArray(), f => !f.GetProperty("ok").GetBoolean());
        Assert.Equal("models", missing.GetProperty("what").GetString());
        Assert.Contains("--no-models", missing.GetProperty("fix").GetString(), StringComparison.Ordinal);

        using var shop = ProgramRun.Start(Built.Dotnet, Shop(network, "--no-models"), null, noOllama);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            var line = await shop.StandardOutput.ReadLineAsync(patience.Token);
            var url = JsonDocument.Parse(line!).RootElement.GetProperty("url").GetString()!;
            using var http = new HttpClient { BaseAddress = new Uri(url) };
            using var offers = JsonDocument.Parse(await http.GetStringAsync("v1/offers", patience.Token));
            Assert.Equal(
                ["js", "wasm"],
                offers.RootElement.GetProperty("offers").EnumerateArray()
                    .Select(o => o.GetProperty("engine").GetString()!).Order(StringComparer.Ordinal));
            var doctor = await RunAsync(network, "provider", "doctor", "--url", url);
            Assert.True(doctor.Exit == 0, doctor.Out);
            Signals.Interrupt(shop.Id);
            await shop.WaitForExitAsync(patience.Token);
        }
        finally
        {
            shop.Kill();
        }
    }

    private static string[] Shop(TestNetwork network, string word) =>
        [Built.Cli, "ai-serve", word, "--port", "0", "--data", network.Data, "--json"];

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
