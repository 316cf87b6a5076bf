using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Execution;

/// <summary>The running totals while the transactions of one block are executed.</summary>
internal sealed class BlockRun(WorldState world, BlockContext context, int capacity)
{
    public List<Transaction> Included { get; } = new(capacity);

    public List<Receipt> Receipts { get; } = new(capacity);

    public List<RefusedTransaction> Refused { get; } = [];

    public ulong GasUsed { get; private set; }

    public UInt256 Burned { get; private set; }

    public void Add(Transaction transaction)
    {
        var verdict = Check(transaction, out var sender, out var account);
        if (verdict != TransactionVerdict.Valid)
        {
            Refused.Add(new RefusedTransaction(transaction, verdict));
            return;
        }

        var tip = transaction.EffectiveTip(context.BaseFee);
        var price = context.BaseFee + tip;
        var result = SystemContracts.At(transaction.To!.Value, context.Number) is null
            ? Transfer(transaction, sender, account, price)
            : Call(transaction, sender, price);
        // Nothing before this transaction is gone back to any more.
        world.Settle();
        if (!tip.IsZero)
            world.AddBalance(context.Miner, tip * result.GasUsed);
        Burned += context.BaseFee * result.GasUsed;
        GasUsed += result.GasUsed;
        Included.Add(transaction);
        Receipts.Add(new Receipt(
            transaction.Type, result.Succeeded, GasUsed, result.GasUsed, price, result.Logs));
    }

    private TransactionVerdict Check(Transaction transaction, out Address sender, out AccountState account)
    {
        account = default;
        if (!transaction.TryRecoverSender(out sender))
            return TransactionVerdict.InvalidSender;
        account = world.GetAccount(sender);
        return TransactionCheck.InBlock(transaction, account, context, context.GasLimit - GasUsed);
    }

    // Nothing runs, so what it costs is known: the sender pays once. The check has seen that it can pay all of it.
    private Outcome Transfer(Transaction transaction, Address sender, AccountState account, UInt256 price)
    {
        var used = IntrinsicGas.Of(transaction);
        if (!UInt256.TrySubtract(account.Balance, (price * used) + transaction.Value, out var rest))
            throw new LedgerInvariantException("A checked transaction could not be paid.");
        world.SetAccount(sender, account with { Nonce = account.Nonce + 1, Balance = rest });
        if (!transaction.Value.IsZero)
            world.AddBalance(transaction.To!.Value, transaction.Value);
        return new Outcome(true, used, []);
    }

    private Outcome Call(Transaction transaction, Address sender, UInt256 price)
    {
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
        return new Outcome(result.Succeeded, used, result.Logs);
    }

    private readonly record struct Outcome(bool Succeeded, ulong GasUsed, IReadOnlyList<Log> Logs);
}
