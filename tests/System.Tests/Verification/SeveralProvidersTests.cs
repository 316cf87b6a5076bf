using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.Verification;

/// <summary>A command that needs more than one provider, on a real network with three.</summary>
public sealed class SeveralProvidersTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_are_compared_a_canary_finds_the_liar_and_a_failed_order_goes_elsewhere_paid_once()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"]);
        var sample = WasmSample.Load();
        using var right = await ScriptedProvider.HireAsync(network, "right", 2);
        using var liar = await ScriptedProvider.HireAsync(network, "liar", 1);
        right.Answer = Encoding.UTF8.GetBytes(WordCount.Of(sample.Input));
        liar.Answer = Encoding.UTF8.GetBytes("lines 1\n");
        using var over = new CancellationTokenSource();
        var working = Task.WhenAll(right.RunAsync(over.Token), liar.RunAsync(over.Token));

        // Too few providers, or too dear in all: nothing is ordered, and so nothing is left behind.
        string[][] wanting = [["--verify", "3of5"], ["--verify", "2of3", "--max-price", "0.0000001"]];
        foreach (var words in wanting)
            Assert.Equal(4, (await SubmitAsync(network, folder, sample, words)).Exit);
        var client = (await network.Session.AccountAsync(null, Cancel)).Address;
        var market = await network.Session.MarketAsync(client, Cancel);
        Assert.Empty((await market.JobsAsync(cancel: Cancel)).Jobs);

        var verified = await SubmitAsync(network, folder, sample, "--verify", "2of3");
        Assert.True(verified.Exit == 0, verified.Out + verified.Error);
        Assert.Equal(right.Answer, await File.ReadAllBytesAsync(folder["out"], Cancel));
        var runs = verified.Json.GetProperty("verification").GetProperty("runs").EnumerateArray().ToDictionary(
            r => Address.Parse(r.GetProperty("provider").GetString()!), r => r.GetProperty("agrees").GetBoolean());
        Assert.Equal(3, runs.Count);
        Assert.Equal([liar.Account], runs.Where(r => !r.Value).Select(r => r.Key));

        var known = verified.Json.GetProperty("id").GetString()!;
        var canary = await ProgramRun.CliAsync(
            "job", "canary", known, liar.Account.ToString(), "--json", "--data", network.Data);
        Assert.True(canary.Exit == 1, canary.Out + canary.Error);
        Assert.Equal("wrong", canary.Json.GetProperty("verdict").GetString());

        liar.Answer = null;
        var elsewhere = await SubmitAsync(network, folder, sample, "--reassign", "1", "--max-price", "0.5");
        Assert.True(elsewhere.Exit == 0, elsewhere.Out + elsewhere.Error);
        Assert.Equal(right.Account, Address.Parse(elsewhere.Json.GetProperty("provider").GetString()!));
        var escrow = new EscrowClient(network.Session.Chain);
        var count = await escrow.JobCountAsync(Cancel);
        Assert.Equal(EscrowStatus.Rejected, await EndAsync(escrow, count - 1));
        Assert.Equal(EscrowStatus.Completed, await EndAsync(escrow, count));
        // The same command again finds the same attempts and pays nothing more.
        var again = await SubmitAsync(network, folder, sample, "--reassign", "1", "--max-price", "0.5");
        Assert.Equal(Id(elsewhere.Json), Id(again.Json));
        Assert.Equal(count, await escrow.JobCountAsync(Cancel));
        await over.CancelAsync();
        await working;
    }

    [Fact]
    public async Task Runs_of_models_and_mixed_wishes_are_refused_before_anything_is_asked()
    {
        var chat = await ProgramRun.CliAsync("job", "submit", "ollama", "m", "hello", "--verify", "2of2", "--json");
        Assert.Equal((2, "verification_unsupported"), (chat.Exit, Code(chat.Json)));
        foreach (var wrong in new[] { "1of2", "2of4", "4of6", "2", "of", "3of2" })
            Assert.Equal(2, (await ProgramRun.CliAsync("run", "x.js", "--verify", wrong, "--json")).Exit);
    }

    private static Task<ProgramRun> SubmitAsync(
        TestNetwork network, TemporaryFolder folder, WasmSample sample, params string[] more) => ProgramRun.CliAsync(
        [
            "job", "submit", "wasm", sample.ModulePath, sample.InputPath, "--json", "--data", network.Data,
            "--output", folder["out"], "--receipt", folder["receipt"], .. more,
        ]);

    private static async Task<EscrowStatus?> EndAsync(EscrowClient escrow, ulong number) =>
        (await escrow.GetJobAsync(number, Cancel))?.Status;

    private static string? Id(JsonElement json) => json.GetProperty("id").GetString();

    private static string? Code(JsonElement json) => json.GetProperty("error").GetProperty("code").GetString();
}
