using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>Body of <c>POST /v1/pay</c>: a request that a server answered with 402, and the most it may cost.</summary>
/// <param name="PaymentRequired">The value of the header PAYMENT-REQUIRED as it came.</param>
/// <param name="Method">The request's HTTP method.</param>
/// <param name="Url">The request's address, at most 2,048 characters.</param>
/// <param name="MaxAmount">The most that this one request may cost, in atto-AIT.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PayRequest(string PaymentRequired, string Method, string Url, UInt256 MaxAmount)
{
    /// <summary>Keccak-256 of the request's body; null = it has none.</summary>
    public Hash256? BodyHash { get; init; }

    /// <summary>The most that may be paid into the server's channel at once, in atto-AIT; null = 20 times the
    /// price.</summary>
    public UInt256? MaxDeposit { get; init; }

    /// <summary>What it is for.</summary>
    public SpendPurpose? Purpose { get; init; }

    /// <summary>Id of the budget that pays; with the owner's token only, and then required.</summary>
    public string? Budget { get; init; }

    /// <summary>True: nothing is bought; the server is asked to give back what is left in its channel.</summary>
    public bool Refund { get; init; }
}

/// <summary>Answer of <c>POST /v1/pay</c>.</summary>
/// <param name="Id">Its number in the signing log.</param>
/// <param name="Scheme"><c>exact</c> or <c>batch-settlement</c>.</param>
/// <param name="Header">The value of the header PAYMENT-SIGNATURE for the repeated request.</param>
/// <param name="Price">What the server asks for this request, in atto-AIT.</param>
/// <param name="Reserved">What it takes out of the budget now: the price, or what is paid into the channel.</param>
/// <param name="Payee">Who is paid.</param>
/// <param name="Channel">The channel, if one is drawn on.</param>
/// <param name="ValidBefore">When the signed transfer or deposit becomes void; null if none was signed.</param>
/// <param name="Repeated">True if the same key was answered before: the same signature again, counted once.</param>
public sealed record Payment(
    long Id,
    string Scheme,
    string Header,
    UInt256 Price,
    UInt256 Reserved,
    Address Payee,
    Hash256? Channel = null,
    DateTimeOffset? ValidBefore = null,
    bool Repeated = false);

/// <summary>Body of <c>POST /v1/pay/{id}/result</c>: how the server answered the paid request.</summary>
/// <param name="Status">Its HTTP status, 100 to 599.</param>
/// <param name="PaymentResponse">The value of its header PAYMENT-RESPONSE, if there was one.</param>
/// <param name="PaymentRequired">The value of its header PAYMENT-REQUIRED, if there was one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PaymentResultRequest(
    int Status, string? PaymentResponse = null, string? PaymentRequired = null);

/// <summary>What the wallet makes of the server's answer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentOutcome>))]
public enum PaymentOutcome
{
    /// <summary>The server says nothing about the payment: it may have taken it. It stays counted.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown = 0,

    /// <summary>The server took the payment.</summary>
    [JsonStringEnumMemberName("settled")]
    Settled,

    /// <summary>The server refused it. A signed transfer stays counted until it is void and the chain shows it
    /// unused.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The server refused it and proved by a signature of this wallet that the channel's total is another
    /// one; asking to pay again under the same key signs for that total.</summary>
    [JsonStringEnumMemberName("corrected")]
    Corrected,
}

/// <summary>Answer of <c>POST /v1/pay/{id}/result</c>.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Charged">What the server took for this request as far as is known, in atto-AIT.</param>
/// <param name="Transaction">The server's transaction, as it says.</param>
/// <param name="Reason">Why it was refused, as the server says.</param>
public sealed record PaymentResult(
    PaymentOutcome Outcome, UInt256 Charged, Hash256? Transaction = null, string? Reason = null);

/// <summary>A payment channel of a budget as it stands. Amounts in atto-AIT.</summary>
/// <param name="Id">The channel's id on the chain.</param>
/// <param name="Budget">Id of the budget that fills it.</param>
/// <param name="Receiver">Who is paid.</param>
/// <param name="Deposited">Everything that was signed into it and did not become void.</param>
/// <param name="Balance">What the chain holds for it, claimed vouchers included.</param>
/// <param name="Promised">The highest total that a signed voucher lets the receiver claim.</param>
/// <param name="Charged">What the receiver says it has charged in total.</param>
/// <param name="Claimed">What the receiver has claimed on the chain.</param>
/// <param name="Returned">What the chain gave back to the account.</param>
/// <param name="AtRisk">What the receiver can still claim: of what is promised, what the channel holds.</param>
/// <param name="State"><c>open</c>, <c>closing</c> (a withdrawal is under way) or <c>closed</c>.</param>
/// <param name="Until">While closing: when the withdrawal can be ended; until then vouchers can be claimed.</param>
/// <param name="Trouble">What keeps the wallet from closing it, if something does.</param>
public sealed record ChannelInfo(
    Hash256 Id,
    string Budget,
    Address Receiver,
    UInt256 Deposited,
    UInt256 Balance,
    UInt256 Promised,
    UInt256 Charged,
    UInt256 Claimed,
    UInt256 Returned,
    UInt256 AtRisk,
    string State,
    DateTimeOffset? Until = null,
    string? Trouble = null);

/// <summary>Answer of <c>GET /v1/channels</c>.</summary>
/// <param name="Channels">Those of the budgets that the caller may see, oldest first.</param>
public sealed record ChannelList(IReadOnlyList<ChannelInfo> Channels);
