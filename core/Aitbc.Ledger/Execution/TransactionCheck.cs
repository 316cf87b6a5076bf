using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Execution;

/// <summary>
/// The rules that let a transaction into a block, in the order they are told (specs/state.md, section 4).
/// </summary>
public static class TransactionCheck
{
    /// <summary>Checks what needs no state: chain, fee order, intrinsic gas, creation.</summary>
    public static TransactionVerdict Stateless(Transaction transaction, ulong chainId)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (transaction.ChainId != (UInt256)chainId)
            return TransactionVerdict.WrongChain;
        if (transaction.To is null)
            return TransactionVerdict.CreationNotSupported;
        if (transaction.MaxPriorityFeePerGas > transaction.MaxFeePerGas)
            return TransactionVerdict.TipAboveFeeCap;
        return transaction.GasLimit < IntrinsicGas.Of(transaction)
            ? TransactionVerdict.IntrinsicGasTooLow
            : TransactionVerdict.Valid;
    }

    /// <summary>Highest cost: gas limit times fee cap plus value; null if that exceeds 256 bits.</summary>
    public static UInt256? MaxCost(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return UInt256.TryMultiply(transaction.GasLimit, transaction.MaxFeePerGas, out var gas)
            && UInt256.TryAdd(gas, transaction.Value, out var cost)
            ? cost
            : null;
    }

    internal static TransactionVerdict InBlock(
        Transaction transaction, AccountState sender, BlockContext block, ulong gasLeft)
    {
        var verdict = Stateless(transaction, block.ChainId);
        if (verdict != TransactionVerdict.Valid)
            return verdict;
        if (transaction.Nonce < sender.Nonce || transaction.Nonce == ulong.MaxValue)
            return TransactionVerdict.NonceTooLow;
        if (transaction.Nonce > sender.Nonce)
            return TransactionVerdict.NonceTooHigh;
        if (transaction.MaxFeePerGas < block.BaseFee)
            return TransactionVerdict.FeeCapBelowBaseFee;
        if (transaction.GasLimit > gasLeft)
            return TransactionVerdict.ExceedsBlockGasLimit;
        return MaxCost(transaction) is { } cost && cost <= sender.Balance
            ? TransactionVerdict.Valid
            : TransactionVerdict.InsufficientFunds;
    }
}
