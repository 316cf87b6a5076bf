using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.X402;

/// <summary>Bounds of an <see cref="X402Handler"/>.</summary>
public sealed record X402HandlerOptions
{
    /// <summary>The most that one request may cost, in atto-AIT.</summary>
    public required UInt256 MaxAmount { get; init; }

    /// <summary>The most that may be paid into a server's channel at once, in atto-AIT; null = 20 times the
    /// price.</summary>
    public UInt256? MaxDeposit { get; init; }

    /// <summary>Id of the budget that pays: with the owner's token only.</summary>
    public string? Budget { get; init; }

    /// <summary>What payments are for, unless the request says otherwise.</summary>
    public SpendPurpose? Purpose { get; init; }

    /// <summary>The longest body of a request, in bytes: it is kept to be sent again. Default 1 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a request waits for others that are paid through the same channel. Default 30 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What one request says about its payment, in <see cref="HttpRequestMessage.Options"/>.</summary>
public static class X402Request
{
    /// <summary>Its idempotency key: sending the request again under the same key never pays twice. Without one each
    /// sending has its own.</summary>
    public static HttpRequestOptionsKey<string> IdempotencyKey { get; } = new("aitbc.x402.key");

    /// <summary>The most that it may cost, in atto-AIT.</summary>
    public static HttpRequestOptionsKey<UInt256> MaxAmount { get; } = new("aitbc.x402.max");

    /// <summary>What it is for.</summary>
    public static HttpRequestOptionsKey<SpendPurpose> Purpose { get; } = new("aitbc.x402.purpose");

    /// <summary>True: nothing is bought; the server is asked to give back what is left in its channel.</summary>
    public static HttpRequestOptionsKey<bool> Refund { get; } = new("aitbc.x402.refund");

    /// <summary>Set by the handler on the request that was answered: the payment that went with it.</summary>
    public static HttpRequestOptionsKey<Payment> Payment { get; } = new("aitbc.x402.payment");

    /// <summary>Set by the handler on the request that was answered: what the wallet made of the answer.</summary>
    public static HttpRequestOptionsKey<PaymentResult> Result { get; } = new("aitbc.x402.result");
}
