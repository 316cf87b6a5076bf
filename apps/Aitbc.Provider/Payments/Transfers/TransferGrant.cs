using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Transfers;

/// <summary>A signed transfer for one answer; it is put on the chain before anything of the answer is given.</summary>
internal sealed class TransferGrant(
    TransferTill till, PaymentJournal journal, TransferChain chain, PresentedTransfer payment, ProviderIdentity me,
    TransferRecord record, string model, TimeProvider time) : Grant
{
    private const byte Moved = 0;
    private const byte Answered = 1;
    private Hash256? _transaction = record.Transaction;

    public override Address Payer => record.From;

    public override Hash256 Key => record.Nonce;

    public override UInt256 Covered => record.Value;

    public override bool ChargesWhatIsGiven => false;

    // Another amount than the signed one cannot be moved.
    public override UInt256 Charged(UInt256 counted) => record.Value;

    public override async Task<string> SettleAsync(CancellationToken cancel)
    {
        if (_transaction is null)
        {
            _transaction = await SendAsync(cancel);
            await journal.PutAsync(record with { Transaction = _transaction, Earned = Earned(record, model, time) });
        }

        return Response(record.Value);
    }

    // It was earned as a whole when it was moved.
    public override async Task CloseAsync(UInt256 charge, TokenCount given)
    {
        try
        {
            if (record.IsCounted)
                return;
            await journal.PutAsync(record with
            {
                Transaction = _transaction,
                IsCounted = true,
                Earned = Line(record, Answered, model, time) with
                {
                    Answers = 1,
                    PromptTokens = given.Prompt,
                    OutputTokens = given.Output,
                },
            });
        }
        finally
        {
            await ReleaseAsync();
        }
    }

    public override string Response(UInt256 charge) =>
        PaymentResponses.Transferred(me, record.From, _transaction!.Value, record.Value);

    public override Task ReleaseAsync()
    {
        till.End(payment.Authorization);
        return Task.CompletedTask;
    }

    /// <summary>The line of a transfer that is on the chain; its answer has a line of its own.</summary>
    public static EarningLine Earned(TransferRecord record, string model, TimeProvider time) =>
        Line(record, Moved, model, time) with { Charged = record.Value };

    private static EarningLine Line(TransferRecord record, byte part, string model, TimeProvider time)
    {
        var id = new byte[Address.Length + Hash256.Length + 1];
        record.From.CopyTo(id);
        record.Nonce.CopyTo(id.AsSpan(Address.Length));
        id[^1] = part;
        return new EarningLine(
            Keccak256.Hash(id), time.GetUtcNow().ToUnixTimeMilliseconds(), EarningWays.Transfer, model, record.From,
            0, 0, 0, UInt256.Zero);
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
