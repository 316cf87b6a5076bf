using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class AccountTests
{
    private const string TestMnemonic = "test test test test test test test test test test test junk";
    private const string GoldenKey = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string GoldenAddress = "0xFCAd0B19bB29D4674531d6f115237E16AfCE377c";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Creating_a_label_twice_gives_the_same_account()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        Assert.Equal(201, (await wallet.RawAsync(HttpMethod.Post, "v1/accounts", "{\"label\":\"provider\"}")).Status);
        Assert.Equal(200, (await wallet.RawAsync(HttpMethod.Post, "v1/accounts", "{\"label\":\"provider\"}")).Status);
        var account = await wallet.Client.CreateAsync("provider", Cancel);

        Assert.Equal("m/44'/60'/0'/0/0", account.Path);
        Assert.Equal("derived", account.Source);
        Assert.Equal(account, Assert.Single(await wallet.Client.AccountsAsync(Cancel)));
    }

    [Fact]
    public async Task Fifty_parallel_creations_of_one_label_make_one_account()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        var made = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => wallet.Client.CreateAsync("one", Cancel)));

        Assert.Single(made.Select(a => a.Address).Distinct());
        Assert.Single(await wallet.Client.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task Fifty_parallel_labels_get_fifty_indexes_without_a_gap()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => wallet.Client.CreateAsync($"a{i}", Cancel)));

        var accounts = await wallet.Client.AccountsAsync(Cancel);
        Assert.Equal(50, accounts.Select(a => a.Address).Distinct().Count());
        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"m/44'/60'/0'/0/{i}").Order(), accounts.Select(a => a.Path!).Order());
    }

    [Fact]
    public async Task Two_daemons_on_one_database_agree_on_labels_and_indexes()
    {
        using var folder = new TemporaryFolder();
        await using var first = await WalletDaemon.StartAsync(folder);
        await using var second = await WalletDaemon.StartAsync(folder);

        var made = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            (i % 2 == 0 ? first : second).Client.CreateAsync($"a{i / 4}", Cancel)));

        Assert.Equal(10, made.Select(a => a.Address).Distinct().Count());
        Assert.Equal(10, (await first.Client.AccountsAsync(Cancel)).Select(a => a.Path).Distinct().Count());
    }

    [Fact]
    public async Task A_test_mnemonic_gives_the_addresses_that_anvil_and_hardhat_give()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        var accounts = await wallet.Client.ImportMnemonicAsync(TestMnemonic, 10, "dev-", Cancel);

        Assert.Equal(10, accounts.Count);
        Assert.Equal("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", accounts[0].Address.ToString());
        Assert.Equal("0x70997970C51812dc3A010C7d01b50e0d17dc79C8", accounts[1].Address.ToString());
        Assert.Equal("0xa0Ee7A142d267C1f36714E4a8F75612F20a79720", accounts[9].Address.ToString());
        Assert.Equal("dev-9", accounts[9].Label);
        Assert.Equal("m/44'/60'/0'/0/9", accounts[9].Path);
    }

    [Fact]
    public async Task Importing_again_changes_nothing_and_importing_more_adds_the_rest()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        var three = await wallet.Client.ImportMnemonicAsync(TestMnemonic, 3, "dev-", Cancel);
        Assert.Equal(three, await wallet.Client.ImportMnemonicAsync(TestMnemonic, 3, "dev-", Cancel));
        var five = await wallet.Client.ImportMnemonicAsync($"  {TestMnemonic.Replace(" ", "  ")} ", 5, "dev-", Cancel);

        Assert.Equal(three, five.Take(3));
        Assert.Equal(5, (await wallet.Client.AccountsAsync(Cancel)).Count);

        var key = await wallet.Client.ImportPrivateKeyAsync(GoldenKey, "golden", Cancel);
        Assert.Equal(key, await wallet.Client.ImportPrivateKeyAsync(GoldenKey[2..], "golden", Cancel));
        Assert.Equal(GoldenAddress, key.Address.ToString());
        Assert.Null(key.Path);
        Assert.Equal(key, await wallet.Client.CreateAsync("golden", Cancel));
    }

    [Fact]
    public async Task An_import_that_meets_a_taken_label_or_address_imports_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        await wallet.Client.CreateAsync("dev-2", Cancel);

        await RefusedAsync("conflict", () => wallet.Client.ImportMnemonicAsync(TestMnemonic, 5, "dev-", Cancel));
        Assert.Single(await wallet.Client.AccountsAsync(Cancel));

        await wallet.Client.ImportPrivateKeyAsync(GoldenKey, "golden", Cancel);
        await RefusedAsync("conflict", () => wallet.Client.ImportPrivateKeyAsync(GoldenKey, "other", Cancel));
        Assert.Equal(2, (await wallet.Client.AccountsAsync(Cancel)).Count);
    }

    [Theory]
    [InlineData("invalid_mnemonic", "{\"mnemonic\":\"test test test\",\"labelPrefix\":\"a\"}")]
    [InlineData(
        "invalid_mnemonic",
        "{\"mnemonic\":\"test test test test test test test test test test test test\",\"labelPrefix\":\"a\"}")]
    [InlineData("invalid_mnemonic", "{\"mnemonic\":\"\",\"labelPrefix\":\"a\"}")]
    [InlineData("invalid_private_key", "{\"privateKey\":\"0x00\",\"label\":\"a\"}")]
    [InlineData("invalid_private_key", "{\"privateKey\":\"zz\",\"label\":\"a\"}")]
    [InlineData(
        "invalid_private_key",
        "{\"privateKey\":\"0x0000000000000000000000000000000000000000000000000000000000000000\",\"label\":\"a\"}")]
    [InlineData(
        "invalid_private_key",
        "{\"privateKey\":\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\",\"label\":\"a\"}")]
    [InlineData("invalid_request", "{}")]
    [InlineData("invalid_request", "{\"privateKey\":\"0x01\",\"label\":\"a\",\"count\":1}")]
    [InlineData("invalid_request", "{\"mnemonic\":\"a\",\"privateKey\":\"b\"}")]
    [InlineData("invalid_request", "{\"mnemonic\":\"a\",\"labelPrefix\":\"a\",\"count\":0}")]
    [InlineData("invalid_request", "{\"mnemonic\":\"a\",\"labelPrefix\":\"a\",\"count\":101}")]
    [InlineData("invalid_request", "{\"mnemonic\":\"a\",\"labelPrefix\":\"a/\",\"count\":1}")]
    [InlineData("invalid_request", "{\"mnemonic\":\"a\"}")]
    public async Task A_wrong_import_is_refused_with_its_code(string code, string body)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        Assert.Equal(code, await wallet.ProblemCodeAsync(400, HttpMethod.Post, "v1/accounts/import", body));
        Assert.Empty(await wallet.Client.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task A_restart_keeps_accounts_token_and_the_next_index()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<WalletAccount> before;
        string token;
        await using (var wallet = await WalletDaemon.StartAsync(folder))
        {
            await wallet.Client.CreateAsync("a", Cancel);
            await wallet.Client.ImportPrivateKeyAsync(GoldenKey, "golden", Cancel);
            before = await wallet.Client.AccountsAsync(Cancel);
            token = wallet.Token;
        }

        await using var again = await WalletDaemon.StartAsync(folder);

        Assert.Equal(token, again.Token);
        Assert.Equal(before, await again.Client.AccountsAsync(Cancel));
        Assert.Equal("m/44'/60'/0'/0/1", (await again.Client.CreateAsync("b", Cancel)).Path);
        await again.Client.SignMessageAsync(Address.Parse(GoldenAddress), "hello"u8.ToArray(), Cancel);
    }

    [Fact]
    public async Task A_full_wallet_refuses_more_and_still_finds_what_it_has()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { MaxAccounts = 2 });
        await wallet.Client.CreateAsync("a", Cancel);
        await wallet.Client.CreateAsync("b", Cancel);

        await RefusedAsync("wallet_full", () => wallet.Client.CreateAsync("c", Cancel));
        await RefusedAsync("wallet_full", () => wallet.Client.ImportPrivateKeyAsync(GoldenKey, "g", Cancel));
        Assert.Equal("a", (await wallet.Client.CreateAsync("a", Cancel)).Label);
    }

    [Fact]
    public async Task Two_new_wallets_never_have_the_same_seed()
    {
        using var one = new TemporaryFolder();
        using var two = new TemporaryFolder();
        await using var first = await WalletDaemon.StartAsync(one);
        await using var second = await WalletDaemon.StartAsync(two);

        Assert.NotEqual(
            (await first.Client.CreateAsync("a", Cancel)).Address,
            (await second.Client.CreateAsync("a", Cancel)).Address);
    }

    private static async Task RefusedAsync<T>(string code, Func<Task<T>> action) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<AitbcException>(action)).Problem.Code);
}
