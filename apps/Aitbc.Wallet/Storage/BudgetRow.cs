namespace Aitbc.Wallet.Storage;

/// <summary>One budget. Amounts are 32 bytes big-endian.</summary>
internal sealed class BudgetRow
{
    public long Id { get; init; }

    /// <summary>16 lower-case hex digits, what callers name it by.</summary>
    public required string PublicId { get; init; }

    public long? ParentId { get; init; }

    public required string Label { get; init; }

    /// <summary>20 bytes: the account that pays.</summary>
    public required byte[] Account { get; init; }

    /// <summary>The limits as they were given, JSON; the amount stands beside it because it can be topped up.</summary>
    public required string Limits { get; init; }

    public required byte[] Amount { get; set; }

    /// <summary>SHA-256 of the bearer token.</summary>
    public required byte[] TokenHash { get; init; }

    public required long CreatedAtMs { get; init; }

    public long? RevokedAtMs { get; set; }
}
