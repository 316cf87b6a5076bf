using Aitbc.Wallet.Access;
using Aitbc.Wallet.Backups;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet;

/// <summary>
/// Opens everything before the first request: hosted services start before the server listens, so a refusal here means
/// that the daemon never answered.
/// </summary>
internal sealed class WalletStart(
    IDbContextFactory<WalletDbContext> databases,
    WalletOptions options,
    Vault vault,
    AccountKeys keys,
    AccessToken token,
    InstanceLock instance,
    SpendLedger ledger,
    OpenContexts open,
    RestoredMark restored,
    ILogger<WalletStart> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await WalletDatabase.MigrateAsync(databases, options, cancellationToken);
        await vault.OpenAsync(cancellationToken);
        token.Load();
        await CheckAccountsAsync(cancellationToken);

        // While another daemon is at work, what is reserved may be on its way to being signed.
        if (instance.TryTake())
        {
            await ledger.ReleaseUnsignedAsync(cancellationToken);
            BackupEndpoint.RemoveLeftOvers(options);
        }

        if (restored.IsThere)
            log.LogWarning("The wallet was restored from a backup: its budgets sign nothing until the owner resumes");
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        open.Dispose();
        WalletDatabase.Close(options);
        return Task.CompletedTask;
    }

    // One damaged account must not lock the others away: it is reported here and refused when used.
    private async Task CheckAccountsAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var count = 0;
        await foreach (var row in db.Accounts.AsNoTracking().AsAsyncEnumerable().WithCancellation(cancel))
        {
            count++;
            if (row.Source == AccountRow.Remote)
                continue;
            using var key = keys.TryOpen(row);
            if (key is null)
                log.LogError("Account {Label} is damaged: its stored key is not what was written", row.Label);
        }

        log.LogInformation("The wallet is open with {Count} accounts", count);
    }
}
