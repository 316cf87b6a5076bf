namespace Aitbc.Node;

/// <summary>The node refuses to start on this data, for a reason its operator can act on.</summary>
public sealed class NodeStartException : Exception
{
    /// <summary>The genesis file cannot be used.</summary>
    public const string GenesisInvalid = "node_genesis_invalid";

    /// <summary>The data are of another chain.</summary>
    public const string OtherChain = "node_other_chain";

    /// <summary>Another process has the data open.</summary>
    public const string DataInUse = "node_data_in_use";

    /// <summary>Stored data are not what was written.</summary>
    public const string Damaged = "node_damaged";

    /// <summary>There is no chain in the folder.</summary>
    public const string NoData = "node_no_data";

    /// <summary>The chain cannot go back to that height.</summary>
    public const string RollbackRefused = "node_rollback_refused";

    /// <summary>A secret key may be read by others than its owner.</summary>
    public const string KeyExposed = "node_key_exposed";

    /// <summary>The port for peers cannot be had.</summary>
    public const string PeersPort = "node_peers_port";

    /// <summary>What the options say of peers cannot work.</summary>
    public const string PeersInvalid = "node_peers_invalid";

    /// <summary>There is no space left to write to.</summary>
    public const string DiskFull = "node_disk_full";

    /// <summary>This chain, file or option cannot give a snapshot that is believed.</summary>
    public const string SnapshotRefused = "node_snapshot_refused";

    /// <summary>No peer gave a snapshot in time.</summary>
    public const string NoSnapshot = "node_no_snapshot";

    /// <summary>Makes the refusal.</summary>
    public NodeStartException(string code, string detail, Exception? inner = null)
        : base(detail, inner) => Code = code;

    /// <summary>One of the constants.</summary>
    public string Code { get; }
}
