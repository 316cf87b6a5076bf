using Aitbc.Primitives;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;

namespace Aitbc.Wallet.Signing;

/// <summary>
/// Signs for the owner as asked, and for a budget only what it may spend: counted first, signed then, stored before it
/// is answered. Whatever happens in between, no signature is outside that is not counted.
/// </summary>
internal sealed class SigningDesk(AccountSigner signer, AuthorizerKeys authorizers, SpendLedger ledger)
{
    public async Task<Verdict<SignedAnswer>> SignAsync(
        Caller caller, SigningTask task, string? key, CancellationToken cancel)
    {
        if (caller.Budget is not { } budget)
            return await signer.WithSignerAsync(task.From, task.Sign, cancel);
        var isAuthorizer = task.From != budget.Account && task.From == authorizers.AddressOf(budget.Id);
        if (task.From != budget.Account && !isAuthorizer)
            return BudgetRefusals.OtherAccount(budget);
        if (key is not null && !JobId.IsValidKey(key))
            return Refusal.InvalidRequest("An idempotency key is 1 to 64 printable ASCII characters.");
        var spend = Name(task);
        if (spend.Refusal is { } unfit)
            return unfit;

        // The authorizer pays out of channels and does nothing else: it signs vouchers only.
        if (isAuthorizer && spend.Value!.Claimable is null)
            return BudgetRefusals.OtherAccount(budget);
        var request = new SpendRequest(task.From, task.RequestHash(), key) { Payload = task.Payload };
        var reserved = await ledger.ReserveAsync(budget.Id, spend.Value!, request, cancel);
        if (reserved.Refusal is { } refusal)
            return refusal;
        return reserved.Value!.Answer is { } before
            ? new SignedAnswer(before, null)
            : await SignReservedAsync(task, reserved.Value.Spend, isAuthorizer ? budget.Id : null, cancel);
    }

    /// <summary>
    /// What a key was answered before, for a request that has to be completed before it can be signed; null = nothing
    /// yet. Completed again, it would be another one.
    /// </summary>
    public async Task<Verdict<SignedAnswer>?> KnownAsync(
        Caller caller, Address from, Hash256 asked, string? key, CancellationToken cancel)
    {
        if (caller.Budget is not { } budget || key is null || from != budget.Account)
            return null;
        var known = await ledger.KnownAsync(budget.Id, new SpendRequest(from, asked, key), cancel);
        if (known is not { } verdict)
            return null;
        return verdict.Value?.Answer is { } answer ? new SignedAnswer(answer, null) : verdict.Refusal!;
    }

    // The caller's word about job and class joins what was read; a job that contradicts it is refused.
    private static Verdict<Spend> Name(SigningTask task)
    {
        var spend = task.Read();
        if (task.Purpose?.JobId is { } named && spend.JobId is { } read && named != read)
            return Refusal.InvalidRequest("purpose.jobId is not the job that this pays for.");
        return spend with { JobId = spend.JobId ?? task.Purpose?.JobId, Class = task.Purpose?.Class };
    }

    private async Task<Verdict<SignedAnswer>> SignReservedAsync(
        SigningTask task, long spend, long? authorizer, CancellationToken cancel)
    {
        var signed = await TrySignAsync(task, authorizer, cancel);
        if (signed.Refusal is { } failed)
        {
            await ledger.EndAsync(spend, Storage.SpendStates.Released, default, failed.Detail, CancellationToken.None);
            return failed;
        }

        try
        {
            // A caller that went away does not stop the count of what was signed.
            await ledger.CommitAsync(spend, signed.Value!.Json, signed.Value.Transaction, CancellationToken.None);
            return signed;
        }
        catch (Exception e) when (e is WalletLockedException or ObjectDisposedException)
        {
            // Locked between signature and seal: the signature never leaves.
            await ledger.EndAsync(
                spend, Storage.SpendStates.Released, default, Refusal.Locked.Detail, CancellationToken.None);
            return Refusal.Locked;
        }
    }

    // What stops a signature before it is made must not leave its count behind.
    private async Task<Verdict<SignedAnswer>> TrySignAsync(
        SigningTask task, long? authorizer, CancellationToken cancel)
    {
        try
        {
            if (authorizer is { } budget)
            {
                using var key = authorizers.Open(budget);
                return await task.Sign(new KeySigner(key), cancel);
            }

            return await signer.WithSignerAsync(task.From, task.Sign, cancel);
        }
        catch (WalletLockedException)
        {
            return Refusal.Locked;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            return new Refusal("canceled", 499, "The request ended before it was signed.", Retryable: true);
        }
    }
}
