using System.Collections.Frozen;
using Aitbc.Sdk.X402;

namespace Aitbc.Sdk.Link;

/// <summary>
/// The only headers that cross a link (specs/market/link.md): what pays, what resumes and what says how to read a body.
/// A caller's credentials are none of them, so they reach no provider.
/// </summary>
public static class LinkHeaders
{
    private static readonly FrozenSet<string> Asked = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Content-Type", "Accept", "Last-Event-ID", "Idempotency-Key", "X-Aitbc-Pay", X402Headers.Signature);

    private static readonly FrozenSet<string> Answered = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Content-Type", "Cache-Control", "Retry-After", "X-Should-Retry", "X-Request-Id", "X-Aitbc-Answer",
        "X-Accel-Buffering", X402Headers.Required, X402Headers.Response);

    /// <summary>Headers of requests that cross.</summary>
    public static IReadOnlyCollection<string> OfRequests => Asked;

    /// <summary>Headers of answers that cross.</summary>
    public static IReadOnlyCollection<string> OfAnswers => Answered;

    /// <summary>Whether a header of a request crosses with this value: printable ASCII of bounded length.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="value">Its value.</param>
    public static bool MayAsk(string name, string value) => Asked.Contains(name) && IsPlain(value);

    /// <summary>Whether a header of an answer crosses with this value: printable ASCII of bounded length.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="value">Its value.</param>
    public static bool MayAnswer(string name, string value) => Answered.Contains(name) && IsPlain(value);

    private static bool IsPlain(string value) =>
        value.Length <= X402Headers.LongestValue && value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}
