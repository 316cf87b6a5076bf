namespace Aitbc.Sdk.Link;

/// <summary>The link itself ended: what was under way may be resumed when it is back.</summary>
public sealed class LinkLostException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, as a sentence.</param>
    /// <param name="inner">What it follows from.</param>
    public LinkLostException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>One stream was ended by the other side; the link goes on.</summary>
public sealed class LinkEndedException : IOException
{
    /// <summary>The side that answers has no room for another stream, or knows no such door.</summary>
    public const string Refused = "refused";

    /// <summary>The side that asked wants no more.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The body is longer than the bound.</summary>
    public const string TooLong = "too_long";

    /// <summary>The side that answers broke.</summary>
    public const string Failed = "failed";

    /// <summary>Makes the exception.</summary>
    /// <param name="code">Why, such as <see cref="Refused"/>.</param>
    public LinkEndedException(string code)
        : base($"The other side ended the stream: {code}.") => Code = code;

    /// <summary>Why; at most 64 of <c>a-z _</c>.</summary>
    public string Code { get; }
}
