namespace Aitbc.Sdk.Chain;

/// <summary>
/// No usable answer came from the node (connection refused, timeout, not JSON, too long). What was asked may or may not
/// have happened: repeat only what is safe to repeat.
/// </summary>
public sealed class ChainUnavailableException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="endpoint">The address that was asked.</param>
    /// <param name="reason">What went wrong, as a clause.</param>
    /// <param name="inner">The cause, if one was caught.</param>
    public ChainUnavailableException(Uri? endpoint, string reason, Exception? inner = null)
        : base($"No usable answer from the node at {endpoint?.ToString() ?? "(no address)"}: {reason}", inner) =>
        Endpoint = endpoint;

    /// <summary>The address that was asked.</summary>
    public Uri? Endpoint { get; }
}
