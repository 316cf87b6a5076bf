using System.Security.Cryptography;
using System.Tests.Devnet;
using System.Tests.Processes;
using System.Text;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Keys;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Xunit;

namespace System.Tests.Secrecy;

/// <summary>
/// A whole network with all daemons: a job is paid, keys are imported, budgets are made, and every daemon is asked
/// wrongly with tokens, passwords, keys and words. Then no key, password, token or word is in anything that was written
/// by anybody: logs, databases, configurations, outputs of programs, answers.
/// </summary>
public sealed class SecrecyTests
{
    private const string Mistyped = "mistyped-in-this-test";
    private static readonly string[] Spoken =
    [
        "the content of wallet.token", "the content of wallet.password", "the imported key", "the imported words",
        "the budget's token", "a wrong password",
    ];

    private static readonly string[] OwnFiles = ["wallet.token", "wallet.password", "validator.key", "transport.key"];

    [Fact]
    public async Task Nothing_that_a_network_wrote_holds_a_key_a_password_a_token_or_a_mnemonic()
    {
        using var folder = new TemporaryFolder();
        var paper = new Paper();
        var secrets = new List<Secret>();
        await using (var network = await TestNetwork.StartAsync(folder["data"]))
        {
            var job = await new JobLife("secrecy-1").FinishAsync(network);
            Assert.Equal(JobState.Settled, job.State);
            secrets.AddRange(NetworkSecrets(network.Data));
            secrets.AddRange(await ImportAsync(network, folder, paper));
            using var caller = new HostileCaller(paper);
            foreach (var role in new[] { "wallet", "node", "coordinator", "provider" })
            {
                foreach (var secret in secrets.Where(s => Spoken.Contains(s.Name)))
                    await caller.TryEverywhereAsync(role, network.Url(role), TextOf(secret));
            }

            paper.AddFiles(network.Data, IsOwn); // as they are while it runs
            Assert.Equal(Spoken.Length, secrets.Count(s => Spoken.Contains(s.Name)));
            Assert.Equal(0, await network.StopAsync(Signals.Terminate));
            paper.Add("what the network said", await network.SaidAsync());
        }

        paper.AddFiles(folder["data"], IsOwn);
        Assert.True(paper.Count > 100, $"only {paper.Count} places");
        Assert.True(secrets.Count > 20, $"only {secrets.Count} secrets");
        var found = paper.Finds(secrets).ToList();
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void A_secret_is_found_however_it_is_written_down()
    {
        var secret = new Secret("key", RandomNumberGenerator.GetBytes(32));
        foreach (var text in new[]
        {
            "0x" + Convert.ToHexStringLower(secret.Bytes),
            Convert.ToHexString(secret.Bytes),
            Convert.ToBase64String(secret.Bytes),
            Convert.ToBase64String([1, .. secret.Bytes, 2]),
            Convert.ToBase64String([1, 2, .. secret.Bytes, 3]),
        })
        {
            var paper = new Paper();
            paper.Add("a log", $"failed with {text}.");
            Assert.Single(paper.Finds([secret]));
        }
    }

    private static bool IsOwn(string file) => OwnFiles.Contains(Path.GetFileName(file))
        || file.Contains("wallet.password", StringComparison.Ordinal);

    // Keys are spoken as hex, texts as they are.
    private static string TextOf(Secret secret) => secret.Bytes.All(b => b is >= 0x20 and < 0x7f)
        ? Encoding.ASCII.GetString(secret.Bytes)
        : "0x" + Convert.ToHexStringLower(secret.Bytes);

    private static IEnumerable<Secret> NetworkSecrets(string data)
    {
        foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Where(IsOwn))
        {
            var content = File.ReadAllBytes(file);
            var text = Encoding.UTF8.GetString(content).Trim();
            yield return Secret.OfText($"the content of {Path.GetFileName(file)}", text);
            if (text.Length >= 64 && text.All(char.IsAsciiHexDigit))
                yield return new Secret($"the bytes of {Path.GetFileName(file)}", Convert.FromHexString(text));
        }

        for (var i = 0; i < 10; i++)
            yield return Key($"key dev{i}", TestAccounts.Key(i));
    }

    private static async Task<IReadOnlyList<Secret>> ImportAsync(
        TestNetwork network, TemporaryFolder folder, Paper paper)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var words = Mnemonic.FromEntropy(RandomNumberGenerator.GetBytes(16));
        var wallet = await network.Session.WalletAsync(default);
        await wallet.ImportPrivateKeyAsync("0x" + Convert.ToHexStringLower(key), "secret-key");
        await wallet.ImportMnemonicAsync(words, 2, "secret-words");
        var account = (await wallet.AccountsAsync())[0].Address;
        var budget = await wallet.Budgets.CreateAsync(
            new CreateBudgetRequest("secretive", new BudgetLimits { Amount = 1 }, account));
        await File.WriteAllTextAsync(folder["token"], budget.Token);
        var refused = await CliAsync(
            network, "wallet", "send", account.ToString(), "1", "--wallet-token-file", folder["token"]);
        paper.Add("a refused send", refused);
        Assert.NotEqual(0, refused.Exit);
        await File.WriteAllTextAsync(folder["wrong"], new string('7', 64));
        paper.Add("a wrong token", await CliAsync(network, "budget", "list", "--wallet-token-file", folder["wrong"]));
        paper.Add("an audit", await CliAsync(network, "budget", "audit"));
        await Assert.ThrowsAsync<Aitbc.Sdk.Errors.AitbcException>(() => wallet.UnlockAsync(Mistyped));
        using var root = HdKey.FromSeed(Mnemonic.ToSeed(words));
        return
        [
            new Secret("the imported key", key),
            Secret.OfText("the imported words", words),
            new Secret("the seed of the words", Mnemonic.ToSeed(words)),
            Key("the first key of the words", root.Derive("m/44'/60'/0'/0/0")),
            Secret.OfText("the budget's token", budget.Token),
            Secret.OfText("a wrong token", new string('7', 64)),
            Secret.OfText("a wrong password", Mistyped),
        ];
    }

    private static Task<ProgramRun> CliAsync(TestNetwork network, params string[] arguments) => ProgramRun.RunAsync(
        Built.Dotnet, [Built.Cli, .. arguments, "--json"], null, ("AITBC_DATA", network.Data));

    private static Secret Key(string name, PrivateKey key)
    {
        using (key)
        {
            var bytes = new byte[32];
            key.CopyTo(bytes);
            return new Secret(name, bytes);
        }
    }
}
