using Aitbc.Primitives;

namespace Aitbc.Wallet.Budgets;

/// <summary>What a signature would spend, as the wallet understands what is signed.</summary>
/// <param name="Kind">For people and the log: transfer, openJob, authorization, voucher, ...</param>
/// <param name="Amount">The most it can take from the account, fees included, in atto-AIT.</param>
internal sealed record Spend(string Kind, UInt256 Amount)
{
    /// <summary>Who gets it, where it is one account.</summary>
    public Address? Payee { get; init; }

    /// <summary>The contract that is called or that verifies.</summary>
    public Address? Contract { get; init; }

    /// <summary>First 4 bytes of the call data in hex; null for none.</summary>
    public string? Selector { get; init; }

    /// <summary>True if the wallet does not know what the call does: the owner must have allowed it.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The job it pays for.</summary>
    public Hash256? JobId { get; init; }

    /// <summary>The resource class that is bought, as the caller says.</summary>
    public string? Class { get; init; }

    /// <summary>The payment channel it belongs to.</summary>
    public Hash256? Channel { get; init; }

    /// <summary>What goes into the channel; null if nothing does.</summary>
    public UInt256? Deposit { get; init; }

    /// <summary>For a voucher: everything the channel's receiver may claim with it.</summary>
    public UInt256? Claimable { get; init; }

    /// <summary>What the request costs that it pays for; null if that is not known or the amount says it.</summary>
    public UInt256? Price { get; init; }

    /// <summary>For a voucher: by how much it raises what the receiver may claim. That counts for its job.</summary>
    public UInt256? Raise { get; init; }

    /// <summary>What it counts for its job: a deposit is nobody's job yet, a voucher is.</summary>
    public UInt256 OnJob => Channel is null ? Amount : Raise ?? default;

    /// <summary>What one call costs, for the limits of a call.</summary>
    public UInt256 OfCall => Price is { } price && price > Amount ? price : Amount;

    /// <summary>Nonce of the transaction.</summary>
    public ulong? Nonce { get; init; }

    /// <summary>Nonce of the EIP-3009 authorization.</summary>
    public Hash256? AuthorizationNonce { get; init; }

    /// <summary>Unix seconds after which an authorization is void.</summary>
    public ulong? ValidBefore { get; init; }
}
