namespace Aitbc.Wallet;

/// <summary>
/// A signer elsewhere that speaks Ethereum's JSON-RPC: another wallet daemon, Clef, a hardware bridge. Its accounts are
/// taken in one by one; every answer is checked against what was asked.
/// </summary>
public sealed record RemoteSignerOptions
{
    /// <summary>What it is called here: the rule of labels holds.</summary>
    public required string Name { get; init; }

    /// <summary>Its address; https, or http on this machine.</summary>
    public required Uri Url { get; init; }

    /// <summary>File with its bearer token, mode 0600; null = it takes none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>How long an answer may take: a person may have to press a button. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
