using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Execution;

/// <summary>The running totals while the transactions of one block are executed.</summary>
internal sealed class BlockRun(WorldState world, BlockContext context)
{
    public List<Transaction> Included { get; } = [];

    public List<Receipt> Receipts { get; } = [];

    public List<RefusedTransaction> Refused { get; } = [];

    public ulong GasUsed { get; private set; }

    public UInt256 Burned { get; private set; }

    public void Add(Transaction transaction, Address? recovered)
    {
        var verdict = Check(transaction, recovered, out var sender);
        if (verdict == TransactionVerdict.Valid)
            Apply(transaction, sender);
        else
            Refused.Add(new RefusedTransaction(transaction, verdict));
    }

    private TransactionVerdict Check(Transaction transaction, Address? recovered, out Address sender)
    {
        sender = recovered ?? default;
        if (recovered is null && !transaction.TryRecoverSender(out sender))
            return TransactionVerdict.InvalidSender;
        return TransactionCheck.InBlock(
            transaction, world.GetAccount(sender), context, context.GasLimit - GasUsed);
    }

    private void Apply(Transaction transaction, Address sender)
    {
        var tip = transaction.EffectiveTip(context.BaseFee);
        var price = context.BaseFee + tip;
        // The check has seen that the sender can pay all of it.
        if (!world.TrySubtractBalance(sender, price * transaction.GasLimit))
            throw new LedgerInvariantException("A checked transaction could not be paid.");
        world.SetNonce(sender, transaction.Nonce + 1);
        var intrinsic = IntrinsicGas.Of(transaction);
        var result = MessageCall.Run(
            world,
            sender,
            transaction.To!.Value,
            transaction.Value,
            transaction.Data,
            transaction.GasLimit - intrinsic,
            context);
        var used = intrinsic + result.GasUsed;
        world.AddBalance(sender, price * (transaction.GasLimit - used));
        if (!tip.IsZero)
            world.AddBalance(context.Miner, tip * used);
        Burned += context.BaseFee * used;
        GasUsed += used;
        Included.Add(transaction);
        Receipts.Add(new Receipt(transaction.Type, result.Succeeded, GasUsed, used, price, result.Logs));
    }
}
