using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Transfers;

/// <summary>A signed transfer for one answer; it is put on the chain before anything of the answer is given.</summary>
internal sealed class TransferGrant(
    TransferTill till, PaymentJournal journal, TransferChain chain, PresentedTransfer payment, ProviderIdentity me,
    TransferRecord record) : Grant
{
    private Hash256? _transaction = record.Transaction;

    public override Address Payer => record.From;

    public override Hash256 Key => record.Nonce;

    public override UInt256 Covered => record.Value;

    public override bool ChargesWhatIsGiven => false;

    public override async Task<string> SettleAsync(CancellationToken cancel)
    {
        if (_transaction is null)
        {
            _transaction = await SendAsync(cancel);
            await journal.PutAsync(record with { Transaction = _transaction });
        }

        return Response(record.Value);
    }

    // Another amount than the signed one cannot be moved.
    public override Task CloseAsync(UInt256 charge) => ReleaseAsync();

    public override string Response(UInt256 charge) =>
        PaymentResponses.Transferred(me, record.From, _transaction!.Value, record.Value);

    public override Task ReleaseAsync()
    {
        till.End(payment.Authorization);
        return Task.CompletedTask;
    }

    private async Task<Hash256> SendAsync(CancellationToken cancel)
    {
        try
        {
            var receipt = await chain.SendAsync(me.Address, payment.Authorization, payment.Signature, cancel);
            return receipt.TransactionHash;
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            // Anybody may hand a signed transfer in: then it is there all the same.
            return await chain.FindAsync(payment.Authorization, cancel)
                ?? throw new PaymentRefusedException(PaymentCodes.ExactTransaction)
                {
                    SettlementFailure = PaymentCodes.ExactTransaction,
                };
        }
    }
}
