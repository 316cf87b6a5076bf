using Aitbc.Sdk.Errors;
using Aitbc.Wallet;
using Aitbc.Wallet.Keys;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class VaultTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_is_refused_by_its_code_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        await using (var wallet = await WalletDaemon.StartAsync(folder))
            await wallet.Client.CreateAsync("a", Cancel);
        var other = PasswordFile(folder, "other.password", "not the password");

        var refusal = await Assert.ThrowsAsync<WalletStartException>(
            () => WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder) with { PasswordFile = other }));

        Assert.Equal(WalletStartException.WrongPassword, refusal.Code);
        Assert.DoesNotContain("not the password", refusal.ToString());
        await using var again = await WalletDaemon.StartAsync(folder);
        Assert.Single(await again.Client.AccountsAsync(Cancel));
    }

    [Fact]
    public async Task A_missing_or_short_password_is_refused_and_none_is_invented_for_an_old_wallet()
    {
        using var folder = new TemporaryFolder();
        var options = WalletDaemon.OptionsIn(folder) with { CreatePasswordFile = false };
        Assert.Equal(WalletStartException.NoPassword, (await RefusedAsync(options)).Code);

        PasswordFile(folder, "wallet.password", "short");
        Assert.Equal(WalletStartException.NoPassword, (await RefusedAsync(options)).Code);

        File.Delete(folder.File("wallet.password"));
        PasswordFile(folder, "wallet.password", "long enough\n");
        await (await WalletDaemon.StartAsync(options)).DisposeAsync();
        File.Delete(folder.File("wallet.password"));
        Assert.Equal(WalletStartException.NoPassword, (await RefusedAsync(WalletDaemon.OptionsIn(folder))).Code);
    }

    [Fact]
    public async Task The_password_can_come_from_a_file_descriptor()
    {
        using var folder = new TemporaryFolder();
        var path = PasswordFile(folder, "elsewhere", "from a descriptor\n");
        await using (var file = File.OpenRead(path))
        {
            await using var wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder) with
            {
                CreatePasswordFile = false,
                PasswordFileDescriptor = file.SafeFileHandle.DangerousGetHandle().ToInt32(),
            });
            await wallet.Client.CreateAsync("a", Cancel);
        }

        Assert.False(File.Exists(folder.File("wallet.password")));
        await using var again = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { CreatePasswordFile = false, PasswordFile = path });
        Assert.Single(await again.Client.AccountsAsync(Cancel));
    }

    [Theory]
    [InlineData("UPDATE accounts SET KeyCiphertext = zeroblob(48) WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET KeyCiphertext = zeroblob(3) WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET KeyNonce = zeroblob(24) WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET KeyNonce = zeroblob(0) WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET KeySalt = zeroblob(32) WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET Label = 'c' WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET Path = 'm/0' WHERE Label = 'a'")]
    [InlineData("UPDATE accounts SET Source = 'mnemonic' WHERE Label = 'a'")]
    [InlineData(
        "UPDATE accounts SET (KeySalt, KeyNonce, KeyCiphertext) = "
        + "(SELECT KeySalt, KeyNonce, KeyCiphertext FROM accounts WHERE Label = 'b') WHERE Label = 'a'")]
    public async Task A_changed_row_is_refused_and_the_other_accounts_still_sign(string damage)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var a = await wallet.Client.CreateAsync("a", Cancel);
        var b = await wallet.Client.CreateAsync("b", Cancel);

        folder.Execute(damage);

        var refusal = await Assert.ThrowsAsync<AitbcException>(
            () => wallet.Client.SignMessageAsync(a.Address, "m"u8.ToArray(), Cancel));
        Assert.Equal("account_damaged", refusal.Problem.Code);
        await wallet.Client.SignMessageAsync(b.Address, "m"u8.ToArray(), Cancel);

        await using var again = await WalletDaemon.StartAsync(folder);
        Assert.Contains(again.Log.Lines, l => l.Contains("is damaged", StringComparison.Ordinal));
        await again.Client.SignMessageAsync(b.Address, "m"u8.ToArray(), Cancel);
    }

    [Fact]
    public async Task An_address_changed_in_the_database_never_signs_as_that_address()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        await wallet.Client.CreateAsync("a", Cancel);
        folder.Execute("UPDATE accounts SET Address = x'000000000000000000000000000000000000dead'");

        var accounts = await wallet.Client.AccountsAsync(Cancel);
        var refusal = await Assert.ThrowsAsync<AitbcException>(
            () => wallet.Client.SignMessageAsync(accounts[0].Address, "m"u8.ToArray(), Cancel));

        Assert.Equal("account_damaged", refusal.Problem.Code);
    }

    [Theory]
    [InlineData("UPDATE vault SET MasterCiphertext = zeroblob(48)", WalletStartException.WrongPassword)]
    [InlineData("UPDATE vault SET MasterCiphertext = zeroblob(1)", WalletStartException.Damaged)]
    [InlineData("UPDATE vault SET VaultId = zeroblob(16)", WalletStartException.WrongPassword)]
    [InlineData("UPDATE vault SET Argon2Passes = 2", WalletStartException.WrongPassword)]
    [InlineData("UPDATE vault SET Argon2MemoryKiB = 99999999999", WalletStartException.Damaged)]
    [InlineData("UPDATE vault SET Argon2Salt = zeroblob(1)", WalletStartException.Damaged)]
    [InlineData("UPDATE vault SET SeedCiphertext = zeroblob(48)", WalletStartException.Damaged)]
    [InlineData("DELETE FROM vault", WalletStartException.Damaged)]
    public async Task A_changed_vault_stops_the_start(string damage, string code)
    {
        using var folder = new TemporaryFolder();
        await using (var wallet = await WalletDaemon.StartAsync(folder))
            await wallet.Client.CreateAsync("a", Cancel);

        folder.Execute(damage);

        Assert.Equal(code, (await RefusedAsync(WalletDaemon.OptionsIn(folder))).Code);
    }

    [Fact]
    public async Task A_signature_costs_no_argon2id()
    {
        using var folder = new TemporaryFolder();
        var options = WalletDaemon.OptionsIn(folder) with { Argon2MemoryKiB = 128 * 1024, Argon2Passes = 4 };
        var start = TimeProvider.System.GetTimestamp();
        await using var wallet = await WalletDaemon.StartAsync(options);
        var opening = TimeProvider.System.GetElapsedTime(start);
        var account = await wallet.Client.CreateAsync("a", Cancel);

        start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++)
            await wallet.Client.SignMessageAsync(account.Address, "m"u8.ToArray(), Cancel);
        var signing = TimeProvider.System.GetElapsedTime(start);

        // With an Argon2id in each, twenty signatures would take at least ten openings.
        Assert.True(signing < opening * 10, $"opening {opening}, twenty signatures {signing}");
    }

    [Fact]
    public void Fields_of_bound_data_never_run_into_each_other()
    {
        byte[] ab = [1, 2];
        byte[] c = [3];
        Assert.NotEqual(BoundData.Of("d", ab, c), BoundData.Of("d", [1], [2, 3]));
        Assert.NotEqual(BoundData.Of("d", ab), BoundData.Of("d", ab, []));
        Assert.Equal(BoundData.Of("d", ab, c), BoundData.Of("d", ab, c));
    }

    private static Task<WalletStartException> RefusedAsync(WalletOptions options) =>
        Assert.ThrowsAsync<WalletStartException>(() => WalletDaemon.StartAsync(options));

    private static string PasswordFile(TemporaryFolder folder, string name, string password)
    {
        var path = folder.File(name);
        File.WriteAllText(path, password);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerOnly);
        return path;
    }
}
