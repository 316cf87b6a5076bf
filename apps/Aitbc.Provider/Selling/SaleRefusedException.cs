namespace Aitbc.Provider.Selling;

/// <summary>A request that is not served; each door says it in its own words.</summary>
internal sealed class SaleRefusedException(int status, string code, string sentence) : Exception(sentence)
{
    /// <summary>402 and a payment is what would help.</summary>
    public const string PaymentRequired = "payment_required";

    public const string ModelNotFound = "model_not_found";

    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>When asking again may help; null = asking the same again does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The value of PAYMENT-REQUIRED, with status 402.</summary>
    public string? Required { get; init; }

    /// <summary>The value of PAYMENT-RESPONSE, if the chain refused the payment.</summary>
    public string? Response { get; init; }

    public static SaleRefusedException Invalid(string sentence) => new(400, "invalid_request", sentence);
}
