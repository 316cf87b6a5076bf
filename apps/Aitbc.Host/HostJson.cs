using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Host.Doctor;
using Aitbc.Node;
using Aitbc.Node.Maintenance;
using Aitbc.Sdk.Json;
using Aitbc.Wallet;

namespace Aitbc.Host;

/// <summary>What a supervised role says once it answers.</summary>
internal sealed record RoleReady(string Role, int Pid, string Url)
{
    /// <summary>Which one, where a network has several of the role.</summary>
    public string? Name { get; init; }

    /// <summary>Where it takes peers.</summary>
    public string? Peers { get; init; }
}

/// <summary>What <c>aitbcd devnet --json</c> says once everything answers.</summary>
internal sealed record DevnetReady(bool Ready, IReadOnlyList<RoleReady> Processes, ulong ChainId, string Data);

/// <summary>What is said instead when it does not start.</summary>
internal sealed record FailureLine(bool Ready, FailureBody Error);

internal sealed record FailureBody(string Code, string Detail, string? Next);

/// <summary>
/// <c>devnet.json</c>: where the running network is found, by role ("node-2" and so on for further validators), and
/// which of them have ended, why. Mode 0600.
/// </summary>
internal sealed record DevnetFile(
    ulong ChainId,
    IReadOnlyDictionary<string, string> Urls,
    string? TokenFile,
    IReadOnlyDictionary<string, int> Pids,
    IReadOnlyDictionary<string, string>? Ended);

/// <summary>What <c>aitbcd db</c> and <c>keys</c> say with <c>--json</c> when they are refused.</summary>
internal sealed record DbFailure(FailureBody Error);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Hash256JsonConverter)])]
[JsonSerializable(typeof(RoleReady))]
[JsonSerializable(typeof(DevnetReady))]
[JsonSerializable(typeof(FailureLine))]
[JsonSerializable(typeof(DevnetFile))]
[JsonSerializable(typeof(DbFailure))]
[JsonSerializable(typeof(NodeKeys))]
[JsonSerializable(typeof(RestoredWallet))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(RebuildReport))]
[JsonSerializable(typeof(RollbackReport))]
[JsonSerializable(typeof(SnapshotReport))]
internal sealed partial class HostJson : JsonSerializerContext;
