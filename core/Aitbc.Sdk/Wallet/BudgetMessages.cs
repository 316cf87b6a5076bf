using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// When the spent amount of a budget starts again at zero. Windows are aligned to the Unix epoch (UTC).
/// </summary>
[JsonConverter(typeof(BudgetPeriodJsonConverter))]
public enum BudgetPeriod
{
    /// <summary>Never: the amount is all there is.</summary>
    [JsonStringEnumMemberName("total")]
    Total = 0,

    /// <summary>Every full hour.</summary>
    [JsonStringEnumMemberName("hour")]
    Hour,

    /// <summary>Every midnight UTC.</summary>
    [JsonStringEnumMemberName("day")]
    Day,
}

/// <summary>A period is one of its names: a number, which might name none, is refused.</summary>
internal sealed class BudgetPeriodJsonConverter() : JsonStringEnumConverter<BudgetPeriod>(null, false);

/// <summary>A contract a budget may call beyond what the wallet understands.</summary>
/// <param name="Contract">The called account.</param>
/// <param name="Methods">Signatures such as <c>vote(uint256)</c> or selectors such as <c>0x0121b93f</c>; null =
/// any.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AllowedContract(Address Contract, IReadOnlyList<string>? Methods = null);

/// <summary>What a budget allows. Amounts are atto-AIT; whatever is null is not limited.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BudgetLimits
{
    /// <summary>Everything that may be spent in a period, fees of transactions included.</summary>
    public required UInt256 Amount { get; init; }

    /// <summary>When the amount starts anew.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>One signature may spend at most so much.</summary>
    public UInt256? PerCall { get; init; }

    /// <summary>All signatures for one job together may spend at most so much.</summary>
    public UInt256? PerJob { get; init; }

    /// <summary>Who may be paid.</summary>
    public IReadOnlyList<Address>? Payees { get; init; }

    /// <summary>Resource classes that may be bought, such as <c>wasm</c> or <c>model/qwen3:8b</c>; a trailing * is any
    /// ending. The class is the caller's word: it bounds an honest agent, the amount bounds every agent.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Contracts and methods that may be called although the wallet does not understand them; what they move
    /// is counted by the value sent along. Null = none.</summary>
    public IReadOnlyList<AllowedContract>? Contracts { get; init; }

    /// <summary>A spend above this waits for the owner's approval.</summary>
    public UInt256? ApproveAbove { get; init; }

    /// <summary>Signatures a minute at most.</summary>
    public int? RatePerMinute { get; init; }

    /// <summary>Nothing is signed from this moment on.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Body of <c>POST /v1/budgets</c>.</summary>
/// <param name="Label">1 to 64 letters, digits, '-', '_', '.' or ':'; unique in the wallet.</param>
/// <param name="Limits">What it allows.</param>
/// <param name="Account">The account that pays; required without a parent, and the parent's with one.</param>
/// <param name="Parent">Id of the budget it is a part of; null = the owner's own.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateBudgetRequest(
    string Label, BudgetLimits Limits, Address? Account = null, string? Parent = null);

/// <summary>A budget as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Label">Its name.</param>
/// <param name="Account">The account that pays.</param>
/// <param name="Authorizer">The key that signs vouchers of payment channels for it: it can pay and not
/// withdraw.</param>
/// <param name="Limits">What it allows.</param>
/// <param name="Spent">Reserved and spent in the present period, its children's included.</param>
/// <param name="Left">What can still be spent now: the least of its own rest and those of its ancestors.</param>
/// <param name="State"><c>active</c>, <c>expired</c> or <c>revoked</c>; an ancestor's end ends it too.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Parent">Id of its parent; null = the owner's own.</param>
/// <param name="RevokedAt">When it was revoked.</param>
public sealed record BudgetInfo(
    string Id,
    string Label,
    Address Account,
    Address Authorizer,
    BudgetLimits Limits,
    UInt256 Spent,
    UInt256 Left,
    string State,
    DateTimeOffset CreatedAt,
    string? Parent = null,
    DateTimeOffset? RevokedAt = null);

/// <summary>Answer of <c>POST /v1/budgets</c>.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="Token">Its bearer token. It is shown this once: the wallet keeps a hash.</param>
public sealed record CreatedBudget(BudgetInfo Budget, string Token);

/// <summary>Answer of <c>GET /v1/budgets</c>.</summary>
/// <param name="Budgets">Those the caller may see: all for the owner, itself and its descendants for a budget.</param>
public sealed record BudgetList(IReadOnlyList<BudgetInfo> Budgets);

/// <summary>Body of <c>POST /v1/budgets/{id}/top-up</c>.</summary>
/// <param name="Amount">Added to the budget's amount.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TopUpRequest(UInt256 Amount);

/// <summary>One line of a budget's signing log.</summary>
/// <param name="Id">Counts up.</param>
/// <param name="Budget">Id of the budget that spent.</param>
/// <param name="Kind">What was signed, for example <c>transfer</c>, <c>openJob</c> or <c>voucher</c>.</param>
/// <param name="State"><c>waiting</c> (for approval), <c>approved</c>, <c>refused</c>, <c>reserved</c>, <c>signed</c>,
/// <c>settled</c> or <c>released</c>.</param>
/// <param name="Amount">What it counts: the worst case until it is settled, what it took then, nothing once
/// released.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Payee">Who is paid, where it is one.</param>
/// <param name="Contract">The contract that is called.</param>
/// <param name="JobId">The job it is for.</param>
/// <param name="Class">The resource class, as the caller said.</param>
/// <param name="Transaction">Hash of the signed transaction.</param>
/// <param name="Reason">Why it was refused or released.</param>
/// <param name="Channel">The payment channel it belongs to.</param>
/// <param name="Price">What the request costs that a voucher pays.</param>
/// <param name="OpenUntil">While it waits for the owner: when the request lapses.</param>
public sealed record SpendEntry(
    long Id,
    string Budget,
    string Kind,
    string State,
    UInt256 Amount,
    DateTimeOffset At,
    Address? Payee = null,
    Address? Contract = null,
    Hash256? JobId = null,
    string? Class = null,
    Hash256? Transaction = null,
    string? Reason = null,
    Hash256? Channel = null,
    UInt256? Price = null,
    DateTimeOffset? OpenUntil = null);

/// <summary>Answer of <c>GET /v1/budgets/{id}/spends</c>.</summary>
/// <param name="Spends">Oldest first.</param>
/// <param name="Next">Value for <c>after</c> to read on; null = that was all.</param>
public sealed record SpendLog(IReadOnlyList<SpendEntry> Spends, long? Next = null);

/// <summary>Answer of <c>POST /v1/budgets/{id}/revoke</c> and <c>GET /v1/budgets/{id}/exposure</c>.</summary>
/// <param name="Budget">The budget; nothing is signed for it or its descendants any more once it is revoked.</param>
/// <param name="Open">What was signed and may still take money on the chain.</param>
/// <param name="Exposed">The sum of it, and of what receivers can still claim from channels.</param>
/// <param name="Channels">Its payment channels and those of its descendants; null = none.</param>
public sealed record BudgetExposure(
    BudgetInfo Budget,
    IReadOnlyList<SpendEntry> Open,
    UInt256 Exposed,
    IReadOnlyList<ChannelInfo>? Channels = null);

/// <summary>What the caller says a signature is for; part of the signing requests.</summary>
/// <param name="JobId">The job it pays for.</param>
/// <param name="Class">The resource class that is bought.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SpendPurpose(Hash256? JobId = null, string? Class = null);

/// <summary>Body of <c>POST /v1/budgets/{id}/simulate</c>: a payment as it would be signed.</summary>
/// <param name="Amount">The most it could take, fees included, in atto-AIT.</param>
/// <param name="Payee">Who would be paid.</param>
/// <param name="Purpose">What it would be for.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SimulateRequest(UInt256 Amount, Address? Payee = null, SpendPurpose? Purpose = null);

/// <summary>Answer of <c>POST /v1/budgets/{id}/simulate</c>.</summary>
/// <param name="Allowed">True if it would be signed now.</param>
/// <param name="NeedsApproval">True if it would wait for the owner first.</param>
/// <param name="Left">What can be spent now.</param>
/// <param name="Code">Why it would be refused.</param>
/// <param name="Detail">The same as a sentence.</param>
public sealed record SimulatedSpend(
    bool Allowed, bool NeedsApproval, UInt256 Left, string? Code = null, string? Detail = null);
