using Aitbc.Primitives.Keys;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class LockTests
{
    private const string FilePassword = "of the file";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_locked_wallet_signs_and_creates_nothing_until_its_password_opens_it()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var account = await wallet.Client.CreateAsync("a", Cancel);
        var before = await wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel);

        await wallet.Client.LockAsync(Cancel);

        Assert.Equal("wallet_locked", await CodeAsync(() =>
            wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel)));
        Assert.Equal("wallet_locked", await CodeAsync(() => wallet.Client.CreateAsync("b", Cancel)));
        Assert.Single(await wallet.Client.AccountsAsync(Cancel));
        await wallet.Client.LockAsync(Cancel); // twice is as good as once

        await wallet.Client.UnlockAsync(PasswordOf(wallet), Cancel);

        Assert.Equal(before, await wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel));
    }

    [Fact]
    public async Task Guessing_the_password_is_slowed_and_the_right_one_waits_as_well()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        await using var wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        await wallet.Client.LockAsync(Cancel);

        for (var i = 0; i < 4; i++)
            Assert.Equal("wrong_password", await CodeAsync(() => wallet.Client.UnlockAsync("guess", Cancel)));
        Assert.Equal("too_many_attempts", await CodeAsync(() => wallet.Client.UnlockAsync("guess", Cancel)));
        Assert.Equal(
            "too_many_attempts", await CodeAsync(() => wallet.Client.UnlockAsync(PasswordOf(wallet), Cancel)));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("wrong_password", await CodeAsync(() => wallet.Client.UnlockAsync("guess", Cancel)));
        time.Advance(TimeSpan.FromSeconds(1)); // now it is two
        Assert.Equal("too_many_attempts", await CodeAsync(() => wallet.Client.UnlockAsync("guess", Cancel)));
        time.Advance(TimeSpan.FromSeconds(1));
        await wallet.Client.UnlockAsync(PasswordOf(wallet), Cancel);
    }

    [Fact]
    public async Task A_wallet_with_an_idle_time_locks_itself_when_nothing_is_signed_for_so_long()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { AutoLock = TimeSpan.FromMinutes(10) }, time);
        var account = await wallet.Client.CreateAsync("a", Cancel);

        time.Advance(TimeSpan.FromMinutes(9));
        await wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel);
        time.Advance(TimeSpan.FromMinutes(9));
        await wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel);
        time.Advance(TimeSpan.FromMinutes(13));

        Assert.Equal("wallet_locked", await CodeAsync(() =>
            wallet.Client.SignMessageAsync(account.Address, "x"u8.ToArray(), Cancel)));
    }

    [Fact]
    public async Task An_exported_key_opens_with_its_password_and_imports_as_the_same_account()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var account = await wallet.Client.CreateAsync("a", Cancel);
        var request = new ExportRequest(
            account.Address, PasswordOf(wallet), $"export {account.Address}", FilePassword);

        Assert.Equal("invalid_request", await CodeAsync(() =>
            wallet.Client.ExportAsync(request with { Confirm = "yes" }, Cancel)));
        Assert.Equal("wrong_password", await CodeAsync(() =>
            wallet.Client.ExportAsync(request with { WalletPassword = "guess" }, Cancel)));
        var file = await wallet.Client.ExportAsync(request, Cancel);

        using (var key = KeystoreV3.Decrypt(System.Text.Encoding.UTF8.GetBytes(file), FilePassword))
            Assert.Equal(account.Address, key.Address);
        using var other = new TemporaryFolder();
        await using var second = await WalletDaemon.StartAsync(other);
        Assert.Equal("wrong_password", await CodeAsync(() =>
            second.Client.ImportKeystoreAsync(file, "another", "mine", Cancel)));
        Assert.Equal("invalid_keystore", await CodeAsync(() =>
            second.Client.ImportKeystoreAsync("{}", FilePassword, "mine", Cancel)));
        Assert.Equal(
            account.Address, (await second.Client.ImportKeystoreAsync(file, FilePassword, "mine", Cancel)).Address);
    }

    private static string PasswordOf(WalletDaemon wallet) =>
        File.ReadAllText(Path.Combine(wallet.Options.DataDirectory, "wallet.password")).TrimEnd();

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<AitbcException>(act)).Problem.Code;
}
