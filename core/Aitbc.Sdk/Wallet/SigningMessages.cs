using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Sdk.Wallet;

/// <summary>Body of <c>POST /v1/sign/transaction</c>.</summary>
/// <param name="From">The signing account.</param>
/// <param name="Transaction">What to sign.</param>
/// <param name="Purpose">What it is for; budgets look at it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignTransactionRequest(
    Address From, UnsignedTransaction Transaction, SpendPurpose? Purpose = null);

/// <summary>An unsigned transaction in JSON. Amounts in atto-AIT.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnsignedTransaction
{
    /// <summary>0 legacy with EIP-155, 1 EIP-2930, 2 EIP-1559.</summary>
    public required int Type { get; init; }

    /// <summary>EIP-155 chain id; required, so that no signature is valid on every chain.</summary>
    public UInt256? ChainId { get; init; }

    /// <summary>The account's nonce.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>Types 0 and 1 only.</summary>
    public UInt256? GasPrice { get; init; }

    /// <summary>Type 2 only.</summary>
    public UInt256? MaxPriorityFeePerGas { get; init; }

    /// <summary>Type 2 only.</summary>
    public UInt256? MaxFeePerGas { get; init; }

    /// <summary>Gas limit.</summary>
    public required ulong Gas { get; init; }

    /// <summary>The receiver; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Value; null = 0.</summary>
    public UInt256? Value { get; init; }

    /// <summary>Call data; null = empty.</summary>
    public byte[]? Data { get; init; }

    /// <summary>Types 1 and 2; null = empty.</summary>
    public IReadOnlyList<UnsignedAccess>? AccessList { get; init; }

    /// <summary>The JSON form of a transaction; its signature, if any, is left out.</summary>
    public static UnsignedTransaction From(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var dynamic = transaction.Type == TransactionType.DynamicFee;
        return new UnsignedTransaction
        {
            Type = (int)transaction.Type,
            ChainId = transaction.ChainId,
            Nonce = transaction.Nonce,
            GasPrice = dynamic ? null : transaction.MaxFeePerGas,
            MaxPriorityFeePerGas = dynamic ? transaction.MaxPriorityFeePerGas : null,
            MaxFeePerGas = dynamic ? transaction.MaxFeePerGas : null,
            Gas = transaction.GasLimit,
            To = transaction.To,
            Value = transaction.Value,
            Data = transaction.Data.ToArray(),
            AccessList = [.. transaction.AccessList.Select(a => new UnsignedAccess(a.Address, [.. a.StorageKeys]))],
        };
    }
}

/// <summary>One entry of an access list (EIP-2930).</summary>
/// <param name="Address">The contract.</param>
/// <param name="StorageKeys">Its slots.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnsignedAccess(Address Address, IReadOnlyList<Hash256> StorageKeys);

/// <summary>Answer of <c>POST /v1/sign/transaction</c>.</summary>
/// <param name="Raw">The signed bytes.</param>
/// <param name="Hash">Keccak-256 of them.</param>
public sealed record SignedTransaction(byte[] Raw, Hash256 Hash);

/// <summary>Body of <c>POST /v1/sign/message</c>: bytes or text, not both.</summary>
/// <param name="From">The signing account.</param>
/// <param name="Message">The bytes.</param>
/// <param name="Text">The text, signed as UTF-8.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignMessageRequest(Address From, byte[]? Message = null, string? Text = null);

/// <summary>Body of <c>POST /v1/sign/typed-data</c>.</summary>
/// <param name="From">The signing account.</param>
/// <param name="TypedData">The object of eth_signTypedData_v4.</param>
/// <param name="Purpose">What it is for; budgets look at it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignTypedDataRequest(Address From, JsonElement TypedData, SpendPurpose? Purpose = null);

/// <summary>Answer of the signing of messages and typed data.</summary>
/// <param name="Signature">65 bytes r ‖ s ‖ v, v 27 or 28.</param>
public sealed record SignatureAnswer(byte[] Signature);
