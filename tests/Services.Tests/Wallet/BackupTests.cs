using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet;
using Aitbc.Wallet.Backups;
using Services.Tests.Wallet.Budgets;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>A backup is proved by restoring it.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder original = new();
    private readonly TemporaryFolder fresh = new();
    private readonly TemporaryFolder files = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string BackupPath => files.File("wallet.backup");

    public void Dispose()
    {
        original.Dispose();
        fresh.Dispose();
        files.Dispose();
    }

    [Fact]
    public async Task A_restored_wallet_has_the_keys_the_budgets_their_tokens_and_what_was_spent()
    {
        CreatedBudget budget;
        BudgetInfo before;
        Address account;
        string signed;
        await using (var wallet = await BudgetDaemon.StartAsync(original))
        {
            account = wallet.Account;
            budget = await wallet.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
            signed = (await wallet.SignAsync(budget.Token, BudgetDaemon.Transfer(500_000), "key")).Body;
            before = await wallet.ShowAsync(budget.Budget.Id);
            await BackUpAsync(wallet.Wallet);
        }

        var restored = await RestoreAsync();
        Assert.Equal((1, 1), (restored.Accounts, restored.Budgets));
        await using var again = await StartRestoredAsync();
        Assert.Equal(account, (await again.Client.AccountsAsync(Cancel)).Single().Address);
        Assert.Equal(before.Spent, (await again.Client.Budgets.ShowAsync(budget.Budget.Id, Cancel)).Spent);
        await again.Client.ResumeAsync(PasswordOf(original), Cancel);
        var agent = BudgetDaemon.Over(again, account);
        Assert.Equal(signed, (await agent.SignAsync(budget.Token, BudgetDaemon.Transfer(500_000), "key")).Body);
        Assert.Equal(
            "budget_exceeded", (await agent.SignAsync(budget.Token, BudgetDaemon.Transfer(500_000, 1), "next")).Code);
        Assert.Equal(200, (await agent.SignAsync(budget.Token, BudgetDaemon.Transfer(400_000, 1), "less")).Status);
    }

    [Fact]
    public async Task After_a_restore_no_budget_signs_or_pays_until_the_owner_says_so_with_the_password()
    {
        CreatedBudget budget;
        Address account;
        await using (var wallet = await BudgetDaemon.StartAsync(original))
        {
            account = wallet.Account;
            budget = await wallet.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
            await BackUpAsync(wallet.Wallet);
        }

        await RestoreAsync();
        await using (var again = await StartRestoredAsync())
        {
            await FrozenAsync(again, account, budget);
            Assert.True((await again.Client.RestoredAsync(Cancel)).Frozen);
            Assert.Equal("wrong_password", await again.ProblemCodeAsync(
                403, HttpMethod.Post, "v1/restored/resume", """{"password":"a wrong one"}"""));
            Assert.Equal("wallet_restored", await again.ProblemCodeAsync(
                423, HttpMethod.Post, "v1/restored/resume", """{"password":"x"}""", budget.Token));
        }

        // A restart is no answer.
        await using var later = await StartRestoredAsync();
        await FrozenAsync(later, account, budget);
        await later.Client.ResumeAsync(PasswordOf(original), Cancel);
        Assert.False((await later.Client.RestoredAsync(Cancel)).Frozen);
        var agent = BudgetDaemon.Over(later, account);
        Assert.Equal(200, (await agent.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "k")).Status);
    }

    [Fact]
    public async Task What_was_under_way_when_the_backup_was_made_stays_counted_and_open_approvals_are_void()
    {
        CreatedBudget budget;
        await using (var wallet = await BudgetDaemon.StartAsync(original))
        {
            budget = await wallet.CreateAsync(
                "agent", new BudgetLimits { Amount = 1_000_000, ApproveAbove = 100_000 });
            Assert.Equal(
                "approval_required",
                (await wallet.SignAsync(budget.Token, BudgetDaemon.Transfer(200_000), "asked")).Code);
            await wallet.SignAsync(budget.Token, BudgetDaemon.Transfer(50_000, 1), "busy");
            original.Execute("UPDATE spends SET State = 'reserved', Answer = NULL WHERE Key = 'busy'");
            await BackUpAsync(wallet.Wallet);
        }

        await RestoreAsync();
        await using var again = await StartRestoredAsync();
        var log = (await again.Client.Budgets.SpendsAsync(budget.Budget.Id, 0, 10, Cancel)).Spends;
        Assert.Equal(["refused", "signed"], log.Select(s => s.State));
        Assert.Equal(
            (UInt256)(50_000 + BudgetDaemon.Fee),
            (await again.Client.Budgets.ShowAsync(budget.Budget.Id, Cancel)).Spent);
        Assert.Empty(await again.Client.Budgets.ApprovalsAsync(Cancel));
    }

    [Fact]
    public async Task Keys_of_budgets_made_after_the_backup_are_given_to_no_other_budget()
    {
        Address lost;
        await using (var wallet = await BudgetDaemon.StartAsync(original))
        {
            await wallet.CreateAsync("first", new BudgetLimits { Amount = 1 });
            await BackUpAsync(wallet.Wallet);
            lost = (await wallet.CreateAsync("later", new BudgetLimits { Amount = 1 })).Budget.Authorizer;
        }

        await RestoreAsync();
        await using var again = await StartRestoredAsync();
        var account = (await again.Client.AccountsAsync(Cancel)).Single().Address;
        var made = await again.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("other", new BudgetLimits { Amount = 1 }, account), Cancel);
        Assert.NotEqual(lost, made.Budget.Authorizer);
    }

    [Fact]
    public async Task A_wrong_password_a_cut_file_and_every_flipped_bit_are_told_apart_and_leave_nothing()
    {
        await using (var wallet = await BudgetDaemon.StartAsync(original))
            await BackUpAsync(wallet.Wallet);
        var good = await File.ReadAllBytesAsync(BackupPath, Cancel);

        Assert.Equal("wrong_password", await FailAsync(good, "not this one"));
        foreach (var length in new[] { 0, 7, 8, 100, BackupHeader.Size, good.Length / 2, good.Length - 1 })
            Assert.Equal(length < 8 ? "backup_unreadable" : "backup_cut", await FailAsync(good[..length]));
        Assert.Equal("backup_damaged", await FailAsync([.. good, 0]));
        int[] places =
        [
            8, 23, 30, 47, 55, 60, 90, 130, BackupHeader.Size - 1, BackupHeader.Size, BackupHeader.Size + 65_600,
            good.Length - 1,
        ];
        foreach (var place in places)
        {
            var bad = good.ToArray();
            bad[place] ^= 0x10;
            Assert.Equal("backup_damaged", await FailAsync(bad));
        }

        Assert.Equal("backup_unreadable", await FailAsync([.. "SQLite format 3\0"u8, .. new byte[400]]));
        Assert.Empty(Directory.GetFileSystemEntries(fresh.Path));
        await RestoreAsync();
    }

    [Fact]
    public async Task Pieces_cannot_change_places_and_none_can_be_left_out()
    {
        var plain = new byte[(3 * BackupHeader.PieceLength) + 5];
        Random.Shared.NextBytes(plain);
        var header = new BackupHeader(64, 1, new byte[16], DateTimeOffset.UnixEpoch, plain.Length);
        using var file = new MemoryStream();
        await BackupFile.WriteAsync(new MemoryStream(plain), header, Bytes("password"), file, Cancel);
        var good = file.ToArray();
        Assert.Equal(header.FileLength, good.Length);
        using (var opened = new MemoryStream())
        {
            await BackupFile.ReadAsync(new MemoryStream(good), Bytes("password"), opened, Cancel);
            Assert.Equal(plain, opened.ToArray());
        }

        const int Whole = BackupHeader.PieceLength + 16;
        var swapped = good.ToArray();
        good.AsSpan(BackupHeader.Size, Whole).CopyTo(swapped.AsSpan(BackupHeader.Size + Whole));
        good.AsSpan(BackupHeader.Size + Whole, Whole).CopyTo(swapped.AsSpan(BackupHeader.Size));
        var doubled = good.ToArray();
        good.AsSpan(BackupHeader.Size, Whole).CopyTo(doubled.AsSpan(BackupHeader.Size + Whole));
        foreach (var bad in new[] { swapped, doubled })
        {
            var refusal = await Assert.ThrowsAsync<WalletBackupException>(() =>
                BackupFile.ReadAsync(new MemoryStream(bad), Bytes("password"), Stream.Null, Cancel));
            Assert.Equal("backup_damaged", refusal.Code);
        }
    }

    [Fact]
    public async Task A_restore_never_touches_a_wallet_that_is_there()
    {
        await using (var wallet = await BudgetDaemon.StartAsync(original))
            await BackUpAsync(wallet.Wallet);
        var before = await File.ReadAllBytesAsync(original.File("wallet.db"), Cancel);

        var refusal = await Assert.ThrowsAsync<WalletBackupException>(() => WalletRestore.RunAsync(
            BackupPath, original.Path, Bytes(PasswordOf(original)), TimeProvider.System, Cancel));

        Assert.Equal("data_not_empty", refusal.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(original.File("wallet.db"), Cancel));
    }

    [Fact]
    public async Task A_backup_needs_the_owner_and_the_password_is_made_of_a_locked_wallet_and_gives_nothing_away()
    {
        await using var wallet = await BudgetDaemon.StartAsync(original);
        var budget = await wallet.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
        Assert.Equal("wrong_password", await wallet.Wallet.ProblemCodeAsync(
            403, HttpMethod.Post, "v1/backup", """{"password":"a wrong one"}"""));
        Assert.Equal("forbidden", await wallet.Wallet.ProblemCodeAsync(
            403, HttpMethod.Post, "v1/backup", """{"password":"x"}""", budget.Token));
        await wallet.Wallet.Client.LockAsync(Cancel);

        await BackUpAsync(wallet.Wallet);

        var bytes = await File.ReadAllBytesAsync(BackupPath, Cancel);
        Assert.True(bytes.AsSpan().IndexOf("SQLite"u8) < 0);
        Assert.True(bytes.AsSpan().IndexOf("agent"u8) < 0);
        Assert.True(bytes.AsSpan().IndexOf(wallet.Account.ToArray()) < 0);
        Assert.Empty(Directory.GetDirectories(original.Path));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_removed_at_the_next_start()
    {
        await (await WalletDaemon.StartAsync(original)).DisposeAsync();
        Directory.CreateDirectory(original.File("backup-0123"));
        await File.WriteAllTextAsync(original.File("backup-0123/wallet.db"), "half", Cancel);

        await (await WalletDaemon.StartAsync(original)).DisposeAsync();

        Assert.Empty(Directory.GetDirectories(original.Path));
    }

    private static async Task FrozenAsync(WalletDaemon wallet, Address account, CreatedBudget budget)
    {
        var agent = BudgetDaemon.Over(wallet, account);
        Assert.Equal("wallet_restored", (await agent.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "k")).Code);
        foreach (var path in new[] { "v1/sign/message", "v1/sign/typed-data", "v1/pay", "rpc", "v1/budgets" })
        {
            Assert.Equal(
                "wallet_restored", await wallet.ProblemCodeAsync(423, HttpMethod.Post, path, "{}", budget.Token));
        }

        Assert.Equal("wallet_restored", await wallet.ProblemCodeAsync(423, HttpMethod.Post, "v1/pay", "{}"));
        Assert.Equal(200, (await wallet.RawAsync(HttpMethod.Get, "v1/budgets", token: budget.Token)).Status);
        await wallet.Client.SignMessageAsync(account, "the owner signs"u8.ToArray(), Cancel);
    }

    private async Task BackUpAsync(WalletDaemon wallet)
    {
        await using var file = File.Create(BackupPath);
        await wallet.Client.BackupAsync(PasswordOf(original), file, Cancel);
    }

    private Task<RestoredWallet> RestoreAsync() => WalletRestore.RunAsync(
        BackupPath, fresh.Path, Bytes(PasswordOf(original)), TimeProvider.System, Cancel);

    private async Task<string> FailAsync(byte[] file, string? password = null)
    {
        var path = files.File("bad.backup");
        await File.WriteAllBytesAsync(path, file, Cancel);
        var refusal = await Assert.ThrowsAsync<WalletBackupException>(() => WalletRestore.RunAsync(
            path, fresh.Path, Bytes(password ?? PasswordOf(original)), TimeProvider.System, Cancel));
        return refusal.Code;
    }

    private Task<WalletDaemon> StartRestoredAsync() => WalletDaemon.StartAsync(
        WalletDaemon.OptionsIn(fresh) with { PasswordFile = original.File("wallet.password") });

    private static string PasswordOf(TemporaryFolder folder) => File.ReadAllText(folder.File("wallet.password"));

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
