namespace Aitbc.Sdk.Chain;

/// <summary>Bounds of a <see cref="ChainClient"/>.</summary>
public sealed record ChainClientOptions
{
    /// <summary>Longest wait for one answer; after it the outcome of the call is unknown. Default 10 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer read, in bytes; a longer one is refused. Default 16 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>First pause between two looks for a receipt; it doubles up to <see cref="MaxPollInterval"/>.</summary>
    public TimeSpan MinPollInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest pause between two looks for a receipt. Default 250 ms.</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
