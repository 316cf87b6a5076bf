namespace Aitbc.Sdk.X402;

/// <summary>Names of the HTTP headers of x402, version 2; each holds base64 of UTF-8 JSON.</summary>
public static class X402Headers
{
    /// <summary>In a 402: what may be paid, and how.</summary>
    public const string Required = "PAYMENT-REQUIRED";

    /// <summary>In the repeated request: the signed payment.</summary>
    public const string Signature = "PAYMENT-SIGNATURE";

    /// <summary>In the answer: what was settled.</summary>
    public const string Response = "PAYMENT-RESPONSE";

    /// <summary>The longest value that is read, in characters.</summary>
    public const int LongestValue = 64 * 1024;
}
