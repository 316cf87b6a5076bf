using System.Diagnostics;
using System.Runtime.Versioning;
using System.Tests.Processes;
using System.Text.Json;
using Xunit;

namespace System.Tests.Wallets;

/// <summary>Where a daemon takes its password from: a credential or a terminal, never what others see.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PasswordTests : IDisposable
{
    private const string Password = "correct horse";
    private const string Credential = "aitbc-wallet-password";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_credential_of_systemd_opens_the_wallet_and_one_that_all_can_read_does_not()
    {
        var config = Config();
        var path = folder[Credential];
        await File.WriteAllTextAsync(path, Password, TestContext.Current.CancellationToken);
        // Services that are not root get theirs by an access list, which shows as a right of the group.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("\"role\":\"wallet\"", await StartAndStopAsync(config, ("CREDENTIALS_DIRECTORY", folder.Path)));
        Assert.False(File.Exists(folder["data/wallet.password"]));

        await File.WriteAllTextAsync(folder["other"], "another one", TestContext.Current.CancellationToken);
        File.Delete(path);
        File.Move(folder["other"], path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Contains("does not open", await StartAndStopAsync(config, ("CREDENTIALS_DIRECTORY", folder.Path)));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", await StartAndStopAsync(config, ("CREDENTIALS_DIRECTORY", folder.Path)));
    }

    [Fact]
    public async Task Neither_a_variable_nor_an_argument_is_a_password_and_without_a_terminal_nobody_is_asked()
    {
        var config = Config();
        var said = await StartAndStopAsync(
            config,
            ("AITBC_WALLET_PASSWORD", Password),
            ("AITBC_PASSWORD", Password),
            ("WALLET_PASSWORD", Password),
            ("CREDENTIALS_DIRECTORY", folder.Path));
        Assert.Contains("no terminal to ask at", said);
        var run = await ProgramRun.HostAsync("run", "wallet", "--config", config, "--password", Password);
        Assert.Equal(2, run.Exit);
    }

    [Fact]
    public async Task A_terminal_is_asked_twice_for_a_new_wallet_and_shows_nothing_of_what_is_typed()
    {
        var config = Config();
        var said = await TypeAsync(config, Password + "\r", "something else\r");
        Assert.Contains("differ", said);
        said = await TypeAsync(config, "corrext\u007f\u007fct horse\r", Password + "\r");
        Assert.Contains("\"role\":\"wallet\"", said);
        Assert.DoesNotContain("horse", said);
        said = await TypeAsync(config, Password + "\r");
        Assert.Contains("\"role\":\"wallet\"", said);
        said = await TypeAsync(config, "wrong horse\r");
        Assert.Contains("does not open", said);
        Assert.DoesNotContain("   at ", said);
    }

    private string Config() => RunningWallet.Configure(
        folder, new { dataDirectory = folder["data"], argon2MemoryKiB = 1024 });

    // Until it says that it listens or ends; then it is ended.
    private static async Task<string> StartAndStopAsync(string config, params (string Name, string Value)[] set)
    {
        using var process = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "run", "wallet", "--config", config], null, set);
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            Signals.Terminate(process.Id);
            await process.WaitForExitAsync();
            return line;
        }

        await process.WaitForExitAsync();
        return await error;
    }

    // script gives it a terminal of its own. What is typed answers what was asked, so nothing comes too early.
    private static async Task<string> TypeAsync(string config, params string[] lines)
    {
        var command = $"{Built.Dotnet} {Built.Host} run wallet --config {config}";
        using var process = ProgramRun.Start("script", ["-qec", command, "/dev/null"]);
        var said = new List<char>();
        var typed = 0;
        var one = new char[1];
        while (await process.StandardOutput.ReadAsync(one) == 1)
        {
            said.Add(one[0]);
            var text = new string([.. said]);
            var asked = text.Split("wallet: ").Length - 1 + (text.Split("again: ").Length - 1);
            if (typed < lines.Length && asked > typed)
            {
                await process.StandardInput.WriteAsync(lines[typed++]);
                await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
            }

            if (text.Contains("\"url\"", StringComparison.Ordinal) && text.EndsWith('\n'))
                Signals.Terminate(PidOf(text));
        }

        await process.WaitForExitAsync();
        return new string([.. said]);
    }

    private static int PidOf(string text)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        using var ready = JsonDocument.Parse(text[start..(text.IndexOf('}', start) + 1)]);
        return ready.RootElement.GetProperty("pid").GetInt32();
    }
}
