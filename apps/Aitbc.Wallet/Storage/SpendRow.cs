namespace Aitbc.Wallet.Storage;

/// <summary>One line of the signing log. Lines are added and change their state; none is ever removed.</summary>
internal sealed class SpendRow
{
    public long Id { get; init; }

    public required long BudgetId { get; init; }

    /// <summary>The caller's idempotency key; null = none was given.</summary>
    public string? Key { get; set; }

    /// <summary>Keccak-256 of what was asked for: the same key with another one is a conflict.</summary>
    public required byte[] RequestHash { get; init; }

    public required string Kind { get; set; }

    /// <summary>A value of <see cref="SpendStates"/>.</summary>
    public required string State { get; set; }

    /// <summary>What it counts in the totals, 32 bytes big-endian.</summary>
    public required byte[] Amount { get; set; }

    public byte[]? Payee { get; init; }

    public byte[]? Contract { get; set; }

    public byte[]? JobId { get; init; }

    public string? Class { get; init; }

    /// <summary>The channel a deposit or voucher belongs to.</summary>
    public byte[]? Channel { get; set; }

    /// <summary>What it pays into the channel, 32 bytes big-endian.</summary>
    public byte[]? Deposit { get; set; }

    /// <summary>Of what it paid in, what the chain has given back since, 32 bytes big-endian.</summary>
    public byte[]? Returned { get; set; }

    /// <summary>For a voucher: the total that the channel's receiver may claim with it, 32 bytes big-endian.</summary>
    public byte[]? Claimable { get; set; }

    /// <summary>What the request costs that a payment is for, 32 bytes big-endian.</summary>
    public byte[]? Price { get; set; }

    /// <summary>True once its answer was given a second time: what the server did with it is then less sure.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>Hash of the transaction that makes the authorization void, once one was sent.</summary>
    public byte[]? CancelHash { get; set; }

    /// <summary>The signer of the transaction or authorization.</summary>
    public byte[]? Signer { get; init; }

    /// <summary>Nonce of the signed transaction.</summary>
    public long? Nonce { get; init; }

    /// <summary>Nonce of the signed EIP-3009 authorization, 32 bytes.</summary>
    public byte[]? AuthorizationNonce { get; set; }

    /// <summary>Unix seconds after which the authorization is void.</summary>
    public long? ValidBefore { get; set; }

    public byte[]? TransactionHash { get; set; }

    /// <summary>
    /// What was answered: the signature or the signed transaction. Stored before it leaves the daemon.
    /// </summary>
    public byte[]? Answer { get; set; }

    /// <summary>
    /// What was signed, where the answer does not say it: the version byte of EIP-191 (01 typed data, 45 a message),
    /// then the JSON or the bytes.
    /// </summary>
    public byte[]? Payload { get; init; }

    /// <summary>What it counted for its job, 32 bytes big-endian; null = it names no job.</summary>
    public byte[]? OnJob { get; set; }

    /// <summary>Signed lines are numbered 1, 2, ... in the order of their signing.</summary>
    public long? SealNumber { get; set; }

    /// <summary>Binds the signed line to the one before it, 32 bytes.</summary>
    public byte[]? Seal { get; set; }

    public string? Reason { get; set; }

    public required long CreatedAtMs { get; init; }

    /// <summary>When it was counted; its totals are those of the periods of this moment.</summary>
    public required long ReservedAtMs { get; set; }

    public required long ChangedAtMs { get; set; }
}

/// <summary>The states of a spend.</summary>
internal static class SpendStates
{
    /// <summary>Waits for the owner's approval; counts nothing.</summary>
    public const string Waiting = "waiting";

    /// <summary>The owner approved; the caller may ask again. Counts nothing yet.</summary>
    public const string Approved = "approved";

    /// <summary>The owner refused, or the approval expired.</summary>
    public const string Refused = "refused";

    /// <summary>Counted; no signature exists yet.</summary>
    public const string Reserved = "reserved";

    /// <summary>Signed; the chain has not shown yet what became of it.</summary>
    public const string Signed = "signed";

    /// <summary>The chain shows what it took.</summary>
    public const string Settled = "settled";

    /// <summary>It can take nothing any more and counts nothing.</summary>
    public const string Released = "released";
}
