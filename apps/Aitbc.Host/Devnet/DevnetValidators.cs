using System.Text.Json.Serialization;
using Aitbc.Host.Errors;
using Aitbc.Node;
using Aitbc.Primitives;

namespace Aitbc.Host.Devnet;

/// <summary>A validator as <c>genesis.json</c> lists it.</summary>
internal sealed record GenesisMember(Address Operator, Hash256 ConsensusKey, Hash256 TransportKeyHash);

/// <summary>One validator of the network: where it is, and who.</summary>
internal sealed record DevnetValidator(NodePlace Place, GenesisMember Member)
{
    /// <summary>How the others dial it: its address, and the key that it must have.</summary>
    [JsonIgnore]
    public string? Peer => Place.Peers is { } address ? $"{address}#{Member.TransportKeyHash}" : null;
}

/// <summary>The validators of a network: how many, with which keys and operators.</summary>
internal static class DevnetValidators
{
    public const int Most = 16;

    /// <summary>How many validators this network has: what its genesis says, else what is wanted, else one.</summary>
    public static int Count(DevnetOptions options, string genesisFile)
    {
        if (!File.Exists(genesisFile))
            return options.Validators ?? 1;
        var has = Math.Max(1, GenesisFile.Read(genesisFile).Validators?.Count ?? 0);
        return options.Validators is null || options.Validators == has
            ? has
            : throw new StartFailure(
                StartCodes.ConfigInvalid,
                $"The network in {options.Data} has {Say(has)}, not {options.Validators}.",
                "Leave --validators out, or name a new folder with --data.");
    }

    /// <summary>Reads or makes the keys of each; the operators are the miners.</summary>
    public static IReadOnlyList<DevnetValidator> Make(
        NetworkPlan plan, DataFolder folder, IReadOnlyDictionary<string, Address> accounts) =>
        [.. plan.Nodes.Select((place, i) =>
        {
            var keys = NodeKeys.ReadOrCreate(folder.Folder(place.Name));
            var own = accounts.TryGetValue(RoleAccounts.ValidatorLabel(i), out var account)
                ? account
                : TestAccounts.Addresses()[^(1 + (i % TestAccounts.Count))];
            return new DevnetValidator(place, new GenesisMember(own, keys.ConsensusKey, keys.TransportKeyHash));
        })];

    /// <summary>What it means that so many of all are left.</summary>
    public static string Left(int left, int all)
    {
        var needed = (2 * all / 3) + 1;
        return left >= needed
            ? $"{left} of {all} validators are left, and {needed} are enough."
            : $"{left} of {all} validators are left, but {needed} are needed: the chain stands still.";
    }

    private static string Say(int count) => count == 1 ? "one validator" : $"{count} validators";
}
