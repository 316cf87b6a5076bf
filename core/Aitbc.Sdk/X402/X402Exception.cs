using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.X402;

/// <summary>A paid request that did not end in an answer of the server.</summary>
public sealed class X402Exception : Exception
{
    /// <summary>The server refused the payment; what was signed stays counted until it is void.</summary>
    public const string Refused = "payment_refused";

    /// <summary>The answer was lost: the server may have taken the payment. Sending the request again under the same
    /// key does not pay twice.</summary>
    public const string OutcomeUnknown = "payment_outcome_unknown";

    /// <summary>The payment was taken, and the server gave nothing for it.</summary>
    public const string Taken = "payment_taken";

    /// <summary>The request's body is longer than may be kept to be sent again; nothing was sent.</summary>
    public const string BodyTooLarge = ProblemCodes.BodyTooLarge;

    /// <summary>Makes the exception.</summary>
    /// <param name="code">One of the constants here.</param>
    /// <param name="message">What happened, as a sentence.</param>
    /// <param name="key">The idempotency key of the request.</param>
    /// <param name="inner">What caused it.</param>
    public X402Exception(string code, string message, string key, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        IdempotencyKey = key;
    }

    /// <summary>One of the constants here.</summary>
    public string Code { get; }

    /// <summary>Send the request again under this key to learn what became of it.</summary>
    public string IdempotencyKey { get; }

    /// <summary>True if money moved, or may have.</summary>
    public bool Charged => Code is Taken or OutcomeUnknown;
}
