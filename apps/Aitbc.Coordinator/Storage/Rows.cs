using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Storage;

/// <summary>A job. Terms and specification never change; the rest moves by compare-and-set.</summary>
internal sealed class JobRow
{
    /// <summary>Order of arrival, and the cursor of lists.</summary>
    public long Sequence { get; init; }

    public required Hash256 Id { get; init; }

    public required Address Client { get; init; }

    public required Address Provider { get; init; }

    public required Hash256 ClientKey { get; init; }

    /// <summary>Keccak-256 of the order: the same key with another order is a conflict.</summary>
    public required Hash256 OrderHash { get; init; }

    public required string SpecJson { get; init; }

    public required string TermsJson { get; init; }

    public required Hash256 TermsHash { get; init; }

    public Hash256? ModuleHash { get; init; }

    public Hash256? InputHash { get; init; }

    /// <summary>The group of runs that it is compared in; null = none.</summary>
    public Hash256? VerifyGroup { get; init; }

    /// <summary>Which run of the group it is.</summary>
    public int? VerifyRun { get; init; }

    public required long ExpiresAt { get; init; }

    /// <summary>Height of the chain at the quote: the job's events are not older.</summary>
    public required long QuotedAtBlock { get; init; }

    public JobState State { get; init; }

    /// <summary>False once neither this row nor the escrow can change any more.</summary>
    public bool Watched { get; init; } = true;

    public long? EscrowJobId { get; init; }

    public string? LeaseId { get; init; }

    public long? LeaseEndsAtMs { get; init; }

    public string? ReceiptJson { get; init; }

    public Hash256? OutputHash { get; init; }

    /// <summary>
    /// Why the evaluator rejects: kept before the transaction is sent, so that a restart decides the same.
    /// </summary>
    public string? RejectCode { get; init; }

    /// <summary>Why the job was refunded.</summary>
    public string? Reason { get; init; }

    /// <summary>What a late submission was not paid for, once that was seen; null = it was in time.</summary>
    public UInt256? Credit { get; init; }

    public Hash256? FundTransaction { get; init; }

    public Hash256? SubmitTransaction { get; init; }

    public Hash256? SettleTransaction { get; init; }

    public required long CreatedAtMs { get; init; }

    public required long UpdatedAtMs { get; init; }
}

/// <summary>One thing that happened to a job.</summary>
internal sealed class JobEventRow
{
    public long Sequence { get; init; }

    public required Hash256 JobId { get; init; }

    public required long AtMs { get; init; }

    public required string Who { get; init; }

    public required string What { get; init; }

    public required string Detail { get; init; }

    public Hash256? Transaction { get; init; }

    /// <summary>What was signed for it, with <see cref="Signer"/>; 0x and hex.</summary>
    public string? Signature { get; init; }

    public Address? Signer { get; init; }
}

/// <summary>A provider and its signed registration.</summary>
internal sealed class ProviderRow
{
    public required Address Address { get; init; }

    public required string Url { get; init; }

    /// <summary>The text as it was signed.</summary>
    public required string Offers { get; init; }

    public required long IssuedAt { get; init; }

    public required string Signature { get; init; }

    public int? Capacity { get; init; }

    /// <summary>Its agent in the identity registry; null = it named none.</summary>
    public long? AgentId { get; init; }

    /// <summary>Where that agent was paid when it registered; null = nowhere.</summary>
    public Address? AgentWallet { get; init; }

    /// <summary>Thousandths of the recent jobs that were served.</summary>
    public required int ServeRate { get; init; }

    public required long RegisteredAtMs { get; init; }

    public required long LastSeenAtMs { get; init; }
}

/// <summary>A sign-in that waits for its signature; deleted when used.</summary>
internal sealed class ChallengeRow
{
    public required string Nonce { get; init; }

    public required string Message { get; init; }

    public required long ExpiresAtMs { get; init; }
}

/// <summary>A bearer token, known by its hash only.</summary>
internal sealed class TokenRow
{
    public required byte[] TokenHash { get; init; }

    public required Address Account { get; init; }

    /// <summary>What it may be used for, with spaces; null = everything.</summary>
    public string? Scopes { get; init; }

    public required long ExpiresAtMs { get; init; }
}

/// <summary>Who put a blob; it counts against the quota of each.</summary>
internal sealed class BlobOwnerRow
{
    public required Hash256 Hash { get; init; }

    public required Address Account { get; init; }

    public required long Bytes { get; init; }
}
