using System.Runtime.Versioning;
using System.Tests.Processes;
using Xunit;

namespace System.Tests.Wallets;

/// <summary>The life of a wallet as its owner types it: keys in, signatures, a backup, another machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WalletLifeTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    // m/44'/60'/0'/0/0 of these words with the passphrase TREZOR, as ethers 6 derives it.
    private const string WithPassphrase = "0x6006ef1944FB519A746d00cDAf715Cbd27a5a008";
    private const string Typed = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Note":[{"name":"text","type":"string"}]},
        "primaryType":"Note","domain":{"name":"test"},"message":{"text":"hello"}}
        """;

    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder other = new();

    public void Dispose()
    {
        folder.Dispose();
        other.Dispose();
    }

    [Fact]
    public async Task A_backup_restored_elsewhere_is_the_same_wallet_whose_budgets_wait_for_a_typed_word()
    {
        string address;
        var password = folder["data/wallet.password"];
        await using (var wallet = await RunningWallet.StartAsync(folder, RunningWallet.Configure(folder)))
        {
            var made = await RunAsync(wallet, 0, "wallet create savings --json");
            address = made.Json.GetProperty("address").GetString()!;
            await RunAsync(wallet, 0, $"budget create agent 5 --account savings --token-file {folder["agent"]}");
            await RunAsync(wallet, 0, $"wallet backup {folder["b"]} --password-file {password} --json");
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder["b"]));
            File.WriteAllText(folder["wrong"], "not the password");
            var refused = await RunAsync(wallet, 4, $"wallet backup {folder["c"]} --password-file {folder["wrong"]}");
            Assert.Contains("not the wallet's password", refused.Error);
            Assert.Empty(Directory.GetFiles(folder.Path, "c*"));
        }

        string[] restore = ["wallet", "restore", folder["b"], "--to", other["data"], "--json", "--password-file"];
        var wrong = await ProgramRun.CliAsync([.. restore, folder["wrong"]]);
        Assert.Equal((4, "wrong_password"), (wrong.Exit, CodeOf(wrong)));
        var restored = await ProgramRun.CliAsync([.. restore, password]);
        Assert.True(restored.Exit == 0, restored.Out);
        Assert.Equal(1, restored.Json.GetProperty("budgets").GetInt32());
        var twice = await ProgramRun.CliAsync([.. restore, password]);
        Assert.Equal((4, "data_not_empty"), (twice.Exit, CodeOf(twice)));

        var options = new { dataDirectory = other["data"], passwordFile = password };
        await using var again = await RunningWallet.StartAsync(other, RunningWallet.Configure(other, options));
        var list = await RunAsync(again, 0, "wallet address savings --json");
        Assert.Equal(address, list.Json.GetProperty("address").GetString());
        var frozen = await ProgramRun.CliAsync(
            "budget", "create", "part", "1", "--parent", "agent", "--json", "--wallet-url", again.Url,
            "--wallet-token-file", folder["agent"]);
        Assert.Equal((4, "wallet_restored"), (frozen.Exit, CodeOf(frozen)));
        Assert.Equal(2, (await RunAsync(again, 2, "wallet resume --confirm yes")).Exit);
        await RunAsync(again, 0, $"wallet resume --confirm resume --password-file {password}");
        Assert.Contains("sign already", (await RunAsync(again, 0, "wallet resume")).Out);
    }

    [Fact]
    public async Task Keys_come_in_sign_and_leave_by_the_commands_of_the_wallet()
    {
        var options = new
        {
            dataDirectory = folder["data"],
            createPasswordFile = true,
            argon2MemoryKiB = 1024,
            signers = new[] { new { name = "far", url = "http://127.0.0.1:1/rpc", timeout = "00:00:05" } },
        };
        await using var wallet = await RunningWallet.StartAsync(folder, RunningWallet.Configure(folder, options));
        File.WriteAllText(folder["words"], Words.Replace(' ', '\n'));
        File.WriteAllText(folder["passphrase"], "TREZOR\n");
        File.WriteAllText(folder["typed"], Typed);
        var imported = await RunAsync(
            wallet, 0, $"wallet import {folder["words"]} --label tz --passphrase-file {folder["passphrase"]} --json");
        var address = imported.Json.GetProperty("accounts")[0].GetProperty("address").GetString()!;
        Assert.Equal(WithPassphrase, address);

        var signed = await RunAsync(wallet, 0, $"wallet sign-typed {folder["typed"]} --account tz0 --json");
        var signature = signed.Json.GetProperty("signature").GetString()!;
        Assert.Equal(signature, (await RunAsync(
            wallet, 0, $"wallet sign --typed-data {folder["typed"]} --account tz0")).Out.Trim());
        await RunAsync(wallet, 0, $"wallet verify {address} {signature} --typed-data {folder["typed"]}");
        await RunAsync(wallet, 4, $"wallet verify {address} {signature} --message hello");

        var password = folder["data/wallet.password"];
        File.WriteAllText(folder["newpassword"], "of the file");
        var export = $"wallet export tz0 {folder["k"]} --keystore-password-file {folder["newpassword"]} "
            + $"--password-file {password}";
        Assert.Equal(2, (await RunAsync(wallet, 2, export)).Exit); // nobody typed the confirmation
        var confirmed = await wallet.CliAsync([.. export.Split(' '), "--confirm", $"export {address}"]);
        Assert.True(confirmed.Exit == 0, confirmed.Error);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder["k"]));
        await RunAsync(wallet, 0, "wallet lock");
        var locked = await RunAsync(wallet, 4, "wallet sign --message hello --account tz0 --json");
        Assert.Equal("wallet_locked", CodeOf(locked));
        await RunAsync(wallet, 0, $"wallet unlock --password-file {password}");
        await RunAsync(wallet, 0, "wallet sign --message hello --account tz0");

        var drawn = (await RunAsync(wallet, 0, "wallet address tz0 --qr")).Out.TrimEnd().Split('\n');
        Assert.Equal(address, drawn[^1].Trim());
        var rows = drawn[..^1].Where(l => l.Trim().Length > 0).ToList();
        Assert.Equal(19, rows.Count); // 29 modules and a margin of 4 on each side, two in a row
        Assert.All(rows, r => Assert.Equal(37, r.TrimEnd('\r').Length));
        var signer = (await RunAsync(wallet, 0, "wallet signers --json")).Json.GetProperty("signers")[0];
        Assert.Equal("far", signer.GetProperty("name").GetString());
        Assert.Contains("no usable answer", signer.GetProperty("trouble").GetString());
    }

    private static async Task<ProgramRun> RunAsync(RunningWallet wallet, int exit, string line)
    {
        var run = await wallet.CliAsync(line.Split(' '));
        Assert.True(run.Exit == exit, $"{line}: {run.Exit} {run.Out} {run.Error}");
        return run;
    }

    private static string? CodeOf(ProgramRun run) => run.Json.GetProperty("error").GetProperty("code").GetString();
}
