using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>The exit codes are a promise: 0 ok, 1 failure, 2 usage, 3 unreachable, 4 refused.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("jobb", "Did you mean 'job'?")]
    [InlineData("job sbmit", "Did you mean 'submit'?")]
    [InlineData("wallet list --jsn", "Did you mean '--json'?")]
    [InlineData("job show 0x12", "64 hex digits")]
    [InlineData("wallet send nobody 1", "40 hex digits")]
    [InlineData("wallet send 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 much", "no amount")]
    [InlineData("blockchain status --node-url ftp://x", "no http or https address")]
    [InlineData("blockchain block soon", "no height")]
    [InlineData("wallet sign", "Exactly one of --message and --typed-data")]
    [InlineData("pay http://127.0.0.1:1/", "--max")]
    [InlineData("pay ftp://127.0.0.1/ --max 1", "no http address")]
    [InlineData("wallet restore some.backup", "--to")]
    [InlineData("wallet backup", "file")]
    [InlineData("wallet sign-typed", "file")]
    [InlineData("wallet attach far nobody --label x", "40 hex digits")]
    [InlineData("wallet list --wallet-url unix:", "no http or https address")]
    [InlineData("wallet import words.txt", "--label")]
    [InlineData("wallet unlock --password secret", "--password")]
    [InlineData("budget create agent", "amount")]
    [InlineData("budget create agent 5 --per week", "week")]
    [InlineData("budget top-up agent", "amount")]
    [InlineData("budget simulate agent much", "no amount")]
    [InlineData("budget simulate agent 1 --job 12", "64 hex digits")]
    [InlineData("budget approve twelve", "twelve")]
    [InlineData("budget audit --head nonsense", "NUMBER:SEAL")]
    [InlineData("agent show x", "'x' for 'show' is no number that fits")]
    [InlineData("agent list --limit many", "'many' for '--limit' is no number that fits")]
    public async Task A_wrong_command_line_is_2_and_says_what_was_meant(string line, string hint)
    {
        var run = await ProgramRun.CliAsync(line.Split(' '));
        Assert.Equal(2, run.Exit);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
        AssertNoStackTrace(run);
    }

    [Theory]
    [InlineData("blockchain status")]
    [InlineData("provider list")]
    [InlineData("status")]
    [InlineData("blockchain balance 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    public async Task A_daemon_that_does_not_answer_is_3_and_says_what_to_do(string line)
    {
        var closed = $"http://127.0.0.1:{ClosedPort()}";
        var run = await ProgramRun.CliAsync(
            [.. line.Split(' '), "--node-url", closed, "--coordinator-url", closed, "--wallet-url", closed]);
        Assert.Equal(3, run.Exit);
        Assert.Contains("./aitbc up", run.Error, StringComparison.Ordinal);
        AssertNoStackTrace(run);
    }

    [Theory]
    [InlineData("wallet earn 1000000")]
    [InlineData("wallet credit 1000000")]
    [InlineData("blockchain mint 1000000")]
    public async Task No_command_credits_a_balance(string line) =>
        Assert.Equal(2, (await ProgramRun.CliAsync(line.Split(' '))).Exit);

    [Fact]
    public async Task A_remote_address_is_used_as_told_and_never_replaced_by_this_machine()
    {
        // TEST-NET-1 (RFC 5737): nobody is there.
        const string remote = "http://192.0.2.1:8006";
        var run = await ProgramRun.CliAsync("blockchain", "status", "--json", "--node-url", remote);
        Assert.Equal(3, run.Exit);
        Assert.Contains("192.0.2.1", run.Json.GetProperty("error").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_a_failure_is_one_object_with_code_and_next_step()
    {
        var run = await ProgramRun.CliAsync(
            "blockchain", "status", "--json", "--node-url", $"http://127.0.0.1:{ClosedPort()}");
        Assert.Equal(3, run.Exit);
        var error = run.Json.GetProperty("error");
        Assert.Equal("unreachable", error.GetProperty("code").GetString());
        Assert.True(error.GetProperty("retryable").GetBoolean());
        Assert.False(error.GetProperty("charged").GetBoolean());
        Assert.NotNull(error.GetProperty("next").GetString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_1_and_named()
    {
        var run = await ProgramRun.CliAsync("receipt", "verify", "no-such-file.json");
        Assert.Equal(1, run.Exit);
        Assert.Contains("no-such-file.json", run.Error, StringComparison.Ordinal);
        AssertNoStackTrace(run);
    }

    [Fact]
    public async Task Output_that_is_no_terminal_has_no_escape_sequences()
    {
        var run = await ProgramRun.CliAsync("status", "--node-url", $"http://127.0.0.1:{ClosedPort()}");
        Assert.DoesNotContain('\x1b', run.Out + run.Error);
    }

    private static void AssertNoStackTrace(ProgramRun run) =>
        Assert.DoesNotContain("   at ", run.Out + run.Error, StringComparison.Ordinal);

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
