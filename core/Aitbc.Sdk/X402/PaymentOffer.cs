using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.X402;

/// <summary>One way to pay, as a server offers it (<c>PaymentRequirements</c> of x402, version 2).</summary>
public sealed record PaymentOffer
{
    /// <summary>Scheme: one signed transfer for each request.</summary>
    public const string Exact = "exact";

    /// <summary>Scheme: a channel that is filled once and drawn on by vouchers.</summary>
    public const string BatchSettlement = "batch-settlement";

    /// <summary><see cref="Exact"/>, <see cref="BatchSettlement"/>, or one that this library does not pay.</summary>
    public required string Scheme { get; init; }

    /// <summary>The chain by CAIP-2, such as <c>eip155:7777</c>.</summary>
    public required string Network { get; init; }

    /// <summary>The price in atomic units of the asset: atto-AIT for AIT.</summary>
    public required UInt256 Amount { get; init; }

    /// <summary>The token.</summary>
    public required Address Asset { get; init; }

    /// <summary>Who is paid.</summary>
    public required Address PayTo { get; init; }

    /// <summary>How long the server wants the payment to be valid, in seconds; at least 1.</summary>
    public required long MaxTimeoutSeconds { get; init; }

    /// <summary>The offer as it came: it is sent back with the payment.</summary>
    public required JsonElement Raw { get; init; }

    /// <summary>A text of <c>extra</c>, or null.</summary>
    public string? Extra(string name) => ExtraElement(name) is { ValueKind: JsonValueKind.String } value
        ? value.GetString()
        : null;

    /// <summary>A member of <c>extra</c>, or null.</summary>
    public JsonElement? ExtraElement(string name) =>
        Raw.TryGetProperty("extra", out var extra) && extra.ValueKind == JsonValueKind.Object
            && extra.TryGetProperty(name, out var value)
            ? value
            : null;

    /// <summary>An amount of <c>extra</c>: a decimal text. Null if it is not there or none.</summary>
    public UInt256? ExtraAmount(string name) => X402Codec.Amount(ExtraElement(name));
}

/// <summary>What a server asks for with a 402.</summary>
public sealed record PaymentRequired
{
    /// <summary>Most offers that are read; more are refused.</summary>
    public const int MostOffers = 64;

    /// <summary>What can be paid, in the server's order. Offers of another form than x402 names are left out.</summary>
    public required IReadOnlyList<PaymentOffer> Offers { get; init; }

    /// <summary>Why a payment was refused; null if none was made.</summary>
    public string? Error { get; init; }

    /// <summary>What is paid for, as it came; null if the server does not say.</summary>
    public JsonElement? Resource { get; init; }

    /// <summary>Extensions as they came: they are sent back with the payment.</summary>
    public JsonElement? Extensions { get; init; }
}

/// <summary>What a server says about a payment that it was given (<c>SettleResponse</c>).</summary>
public sealed record PaymentResponse
{
    /// <summary>True if it took the payment.</summary>
    public required bool Success { get; init; }

    /// <summary>Why not; a code of the server.</summary>
    public string? ErrorReason { get; init; }

    /// <summary>Hash of its transaction; null if there is none yet or none was needed.</summary>
    public Hash256? Transaction { get; init; }

    /// <summary>Channels: what it charged for this request; null = it does not say.</summary>
    public UInt256? ChargedAmount { get; init; }

    /// <summary>Channels: everything it has charged so far; null = it does not say.</summary>
    public UInt256? ChargedCumulative { get; init; }
}
