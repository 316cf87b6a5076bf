namespace Aitbc.Host.Devnet;

/// <summary>How a development network is wanted.</summary>
internal sealed record DevnetOptions
{
    public const ulong ChainId = 7777;
    public const string NetworkName = "ait-devnet";

    /// <summary>Folder of everything that the network keeps; absolute.</summary>
    public required string Data { get; init; }

    /// <summary>The folder must be new or empty, and is removed at the end.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Take ports that are free now instead of the standard ones.</summary>
    public bool FreePorts { get; init; }

    /// <summary>Wanted ports by role; a role without one gets its standard port or a free one.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary>Roles to start, in any order.</summary>
    public required IReadOnlySet<string> Roles { get; init; }

    /// <summary>Validators, each a node process; null = as many as the data have, or one.</summary>
    public int? Validators { get; init; }

    /// <summary>A Redis server over which they meet instead of linking directly; null = direct links.</summary>
    public string? Redis { get; init; }

    /// <summary>
    /// Processes are expected to be killed: each is started again on its data, and what waits for the silent waits
    /// seconds.
    /// </summary>
    public bool Restart { get; init; }

    /// <summary>One line of JSON when all is ready.</summary>
    public bool Json { get; init; }

    /// <summary>
    /// Started by another program: ends when its standard input ends, and leaves Ctrl-C to that program.
    /// </summary>
    public bool Supervised { get; init; }
}
