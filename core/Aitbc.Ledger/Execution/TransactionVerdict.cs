using System.Globalization;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>Whether a transaction may stand in a block. The list is closed.</summary>
public enum TransactionVerdict
{
    /// <summary>It may.</summary>
    Valid = 0,

    /// <summary>It is for another chain.</summary>
    WrongChain,

    /// <summary>No key fits its signature.</summary>
    InvalidSender,

    /// <summary>Its nonce was used.</summary>
    NonceTooLow,

    /// <summary>A nonce before it is missing.</summary>
    NonceTooHigh,

    /// <summary>It creates a contract; this chain has system contracts only.</summary>
    CreationNotSupported,

    /// <summary>Its tip exceeds its fee cap.</summary>
    TipAboveFeeCap,

    /// <summary>Its fee cap is below the base fee.</summary>
    FeeCapBelowBaseFee,

    /// <summary>Its gas limit does not cover its own bytes.</summary>
    IntrinsicGasTooLow,

    /// <summary>Its gas limit does not fit the block.</summary>
    ExceedsBlockGasLimit,

    /// <summary>The sender cannot pay gas limit times fee cap plus value.</summary>
    InsufficientFunds,
}

/// <summary>The sentence of a verdict; clients classify by these words.</summary>
public static class TransactionVerdictText
{
    /// <summary>The words that stock clients look for, with the numbers at fault.</summary>
    public static string Describe(this TransactionVerdict verdict, UInt256 have = default, UInt256 want = default)
    {
        var text = verdict switch
        {
            TransactionVerdict.Valid => "valid",
            TransactionVerdict.WrongChain => "invalid chain id for signer",
            TransactionVerdict.InvalidSender => "invalid sender",
            TransactionVerdict.NonceTooLow => "nonce too low",
            TransactionVerdict.NonceTooHigh => "nonce too high",
            TransactionVerdict.CreationNotSupported => "contract creation is not supported on this chain",
            TransactionVerdict.TipAboveFeeCap => "max priority fee per gas higher than max fee per gas",
            TransactionVerdict.FeeCapBelowBaseFee => "max fee per gas less than block base fee",
            TransactionVerdict.IntrinsicGasTooLow => "intrinsic gas too low",
            TransactionVerdict.ExceedsBlockGasLimit => "exceeds block gas limit",
            TransactionVerdict.InsufficientFunds => "insufficient funds for gas * price + value",
            _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
        };
        return have == want ? text : string.Create(CultureInfo.InvariantCulture, $"{text}: have {have} want {want}");
    }
}
