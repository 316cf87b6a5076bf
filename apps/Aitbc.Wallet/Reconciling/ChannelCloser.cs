using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Reconciling;

/// <summary>
/// Takes back on the chain what a revoked budget still has outside: makes its unused authorizations void, starts the
/// withdrawal of its channels, and ends it when the delay is over. Everything follows from what the chain shows, so a
/// restart changes nothing. The account pays the fees, as for what its owner sends.
/// </summary>
internal sealed class ChannelCloser(
    IDbContextFactory<WalletDbContext> databases,
    SpendLedger ledger,
    WalletChain chain,
    ChannelWatch watch,
    ChainSigner signer,
    ChannelTroubles troubles,
    TimeProvider time,
    ILogger<ChannelCloser> log)
{
    private const int MostAtOnce = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private TransactionSender? sender;

    /// <summary>Sends a cancellation for every authorization of a revoked budget that may still be used.</summary>
    public async Task CancelAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var revoked = await RevokedAsync(db, cancel);
        if (revoked.Count == 0)
            return;
        var open = await db.Spends.AsNoTracking()
            .Where(s => s.State == SpendStates.Signed && s.AuthorizationNonce != null && s.Signer != null
                && s.CancelHash == null && s.ValidBefore > now && revoked.Contains(s.BudgetId))
            .OrderBy(s => s.Id).Take(MostAtOnce).ToListAsync(cancel);
        await Task.WhenAll(open.Select(row => CancelOneAsync(row, cancel)));
    }

    /// <summary>Starts and ends withdrawals.</summary>
    public async Task CloseAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var revoked = await RevokedAsync(db, cancel);
        var rows = await db.Channels.AsNoTracking()
            .Where(c => c.State == ChannelStates.Closing
                || (c.State == ChannelStates.Open && c.Balance != c.Claimed
                    && (c.CloseAsked || revoked.Contains(c.BudgetId))))
            .OrderBy(c => c.Id).Take(MostAtOnce).ToListAsync(cancel);
        var work = new List<Task>();
        ulong? head = null;
        foreach (var row in rows)
        {
            if (row.State == ChannelStates.Closing)
            {
                head ??= (await chain.Client!.BlockAsync(cancel: cancel))?.TimestampSeconds ?? 0;
                if (row.FinalizableAt is { } end && head >= (ulong)end)
                    work.Add(SendAsync(row, Finalize(row), cancel));
            }
            else if (!ChannelMath.Available(row).IsZero)
            {
                work.Add(SendAsync(row, Initiate(row), cancel));
            }
        }

        await Task.WhenAll(work);
    }

    private static byte[] Initiate(ChannelRow row) => ChannelAbi.InitiateWithdraw.EncodeCall(
        ChannelMath.ConfigOf(row).ToTuple(), ChannelMath.Available(row));

    private static byte[] Finalize(ChannelRow row) =>
        ChannelAbi.FinalizeWithdraw.EncodeCall([ChannelMath.ConfigOf(row).ToTuple()]);

    private async Task SendAsync(ChannelRow row, byte[] call, CancellationToken cancel)
    {
        var channel = Hash256.FromBytes(row.ChannelId);
        var failure = await TryAsync(
            Address.FromBytes(row.Payer), new CallRequest(SystemContractAddresses.BatchSettlement, call), cancel);
        if (failure is null)
            troubles.Clear(channel);
        else if (troubles.Set(channel, failure))
            log.LogWarning("Channel {Channel} cannot be closed yet: {Reason}", channel, failure);
        await watch.SyncAsync(row.Id, cancel);
    }

    private async Task CancelOneAsync(SpendRow row, CancellationToken cancel)
    {
        var (account, nonce) = (Address.FromBytes(row.Signer!), Hash256.FromBytes(row.AuthorizationNonce!));
        try
        {
            var chainId = (UInt256)await chain.Client!.ChainIdAsync(cancel);
            var digest = TokenMessages.Cancel(TokenMessages.Domain(chainId), account, nonce);
            var signature = await signer.SignAsync(account, digest, cancel);
            await TryAsync(
                account,
                new CallRequest(
                    SystemContractAddresses.Token,
                    ChannelAbi.CancelAuthorization.EncodeCall(account, nonce, signature.ToBytes65())),
                cancel);
        }
        catch (WalletLockedException)
        {
            // An unlocked wallet tries again.
        }
    }

    // Null if it was included and did not revert; otherwise why not. Trying again is the next pass's work.
    private async Task<string?> TryAsync(Address from, CallRequest call, CancellationToken cancel)
    {
        sender ??= new TransactionSender(
            chain.Client!,
            signer,
            new TransactionSenderOptions { ReceiptTimeout = Patience, BeforeSend = RememberAsync },
            time);
        try
        {
            var sent = await sender.SendAsync(from, call, cancel);
            return sent.Receipt.Succeeded ? null : "the transaction reverted";
        }
        catch (WalletLockedException)
        {
            return "the wallet is locked";
        }
        catch (Exception e) when (e is RpcException or ChainUnavailableException or TransactionOutcomeUnknownException)
        {
            return e.Message;
        }
    }

    // A cancellation looks on the chain like a use; its transaction, stored before it is sent, tells them apart.
    private Task RememberAsync(Transaction transaction, CancellationToken cancel)
    {
        const int NonceAt = 4 + 32;
        if (transaction.To != SystemContractAddresses.Token
            || !transaction.Data.Span.StartsWith(ChannelAbi.CancelAuthorization.Selector))
            return Task.CompletedTask;
        var nonce = transaction.Data.Slice(NonceAt, Hash256.Length).ToArray();
        return ledger.ChangeAsync<Reservation>(
            async db =>
            {
                foreach (var row in await db.Spends.Where(s => s.AuthorizationNonce == nonce).ToListAsync(cancel))
                    row.CancelHash = transaction.Hash.ToArray();
                return new Reservation(0, null);
            },
            cancel);
    }

    // Those that were revoked, and everything below them. Parents are older than their parts.
    private static async Task<HashSet<long>> RevokedAsync(WalletDbContext db, CancellationToken cancel)
    {
        var revoked = new HashSet<long>();
        if (!await db.Budgets.AnyAsync(b => b.RevokedAtMs != null, cancel))
            return revoked;
        var all = await db.Budgets.AsNoTracking().OrderBy(b => b.Id)
            .Select(b => new { b.Id, b.ParentId, IsRevoked = b.RevokedAtMs != null }).ToListAsync(cancel);
        foreach (var budget in all)
        {
            if (budget.IsRevoked || (budget.ParentId is { } parent && revoked.Contains(parent)))
                revoked.Add(budget.Id);
        }

        return revoked;
    }
}
