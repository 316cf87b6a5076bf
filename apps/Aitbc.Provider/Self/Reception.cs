using System.Globalization;
using Aitbc.Provider.Errors;

namespace Aitbc.Provider.Self;

/// <summary>Why nothing new is taken now.</summary>
/// <param name="Code">One of <see cref="ProviderCodes"/>.</param>
/// <param name="Sentence">For who asks.</param>
/// <param name="RetryAfter">When to come again.</param>
/// <param name="Next">The same as a sentence.</param>
internal sealed record Closure(string Code, string Sentence, TimeSpan RetryAfter, string Next);

/// <summary>
/// Whether this provider takes new work: the owner's word, then the hours. What is under way goes on.
/// </summary>
internal sealed class Reception(OwnerMode mode, OpeningHours hours, TimeProvider time)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(60);

    /// <summary>Null while it does.</summary>
    public Closure? Closed()
    {
        if (mode.Paused)
            return new Closure(ProviderCodes.Paused, mode.Sentence, AskAgain, "Ask again later.");
        if (hours.ClosedUntil() is not { } opens)
            return null;
        var at = Text(opens);
        return new Closure(
            ProviderCodes.Closed, $"This provider takes new work from {at}.", opens - time.GetUtcNow(),
            $"Ask again at {at}.");
    }

    /// <summary>When it opens by its hours, as text; null while it is open.</summary>
    public string? OpensAt() => hours.ClosedUntil() is { } opens ? Text(opens) : null;

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
}
