using System.Collections.Concurrent;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// Puts verified transfers on the chain. The chain is the memory: a nonce moves coins once, and who asks again is told
/// the transaction that did it. Nothing here has to survive a crash.
/// </summary>
internal sealed class TransferSettling(
    TransferVerifying verifying, TransferChain chain, RelayerAccount relayer, SettleGate gate, MarketSelf self,
    IHostApplicationLifetime lifetime, ILogger<TransferSettling> log)
{
    /// <summary>Transfers under way; more are refused at once.</summary>
    public const int MostUnderWay = 64;

    private readonly ConcurrentDictionary<Hash256, Lazy<Task<SettleAnswer>>> _underWay = new();

    public async Task<SettleAnswer> SettleAsync(FacilitatorRequest request, CancellationToken cancel)
    {
        var verdict = await verifying.LookAsync(request, cancel);
        if (verdict.Transfer is not { } transfer || verdict.Fault is not null)
            return Refused(verdict, verdict.Fault!);
        var a = transfer.Authorization;
        if (verdict.IsUsed)
            return await chain.FindAsync(a, cancel) is { } earlier
                ? Settled(a, earlier) : Refused(verdict, PaymentCodes.ExactNonceUsed);
        if (_underWay.Count >= MostUnderWay || !gate.HasRoom())
            return Refused(verdict, PaymentCodes.Unexpected);
        // Who leaves does not end it: the transfer may be on its way. Who asks meanwhile waits for the same one.
        var digest = TokenMessages.Transfer(TokenMessages.Domain(self.Known.ChainId), a);
        var settling = _underWay.GetOrAdd(
            digest, key => new Lazy<Task<SettleAnswer>>(() => Task.Run(() => SendAsync(verdict, transfer, key))));
        return await settling.Value.WaitAsync(cancel);
    }

    private async Task<SettleAnswer> SendAsync(TransferVerdict verdict, PresentedTransfer transfer, Hash256 key)
    {
        var (a, stopping) = (transfer.Authorization, lifetime.ApplicationStopping);
        try
        {
            // One that ended between the look and here is on the chain already.
            if (await chain.IsUsedAsync(a.From, a.Nonce, stopping))
                return await FoundAsync(verdict, a, PaymentCodes.ExactNonceUsed, stopping);
            var from = await relayer.AddressAsync(stopping);
            var receipt = await chain.SendAsync(from, a, transfer.Signature, stopping);
            gate.Spent(receipt.EffectiveGasPrice * receipt.GasUsed);
            return Settled(a, receipt.TransactionHash);
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            if (refused is TransactionRevertedException { Receipt: { } failed })
                gate.Spent(failed.EffectiveGasPrice * failed.GasUsed);
            log.LogInformation("A transfer of {Payer} was not settled: {Reason}", a.From, refused.Message);
            // Anybody may hand a signed transfer in: then it is there all the same.
            return await FoundAsync(verdict, a, PaymentCodes.ExactTransaction, stopping);
        }
        catch (TransactionOutcomeUnknownException)
        {
            return Refused(verdict, PaymentCodes.Pending);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    private async Task<SettleAnswer> FoundAsync(
        TransferVerdict verdict, TokenAuthorization a, string otherwise, CancellationToken cancel) =>
        await chain.FindAsync(a, cancel) is { } found ? Settled(a, found) : Refused(verdict, otherwise);

    private SettleAnswer Settled(TokenAuthorization a, Hash256 transaction) => new(
        true, transaction.ToHex(), Network, Payer: a.From.ToString(), Amount: a.Value.ToString());

    private SettleAnswer Refused(TransferVerdict verdict, string reason) =>
        new(false, "", Network, reason, verdict.Payer);

    private string Network => $"eip155:{self.Known.ChainId}";
}
