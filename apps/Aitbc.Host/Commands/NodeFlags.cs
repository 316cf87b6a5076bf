using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary>
/// What of a node's configuration may be said on the command line: its peers, its beginning, what it keeps.
/// </summary>
internal sealed class NodeFlags
{
    private readonly Option<string?> listen = new("--p2p-listen")
    {
        Description = "Node: take peers here, as 127.0.0.1:8005 (default: take none).",
    };

    private readonly Option<string[]> peers = new("--peer")
    {
        Description = "Node: dial this peer, as HOST:PORT, or HOST:PORT#KEYHASH to take only the one with that "
            + "transport key. May be repeated; replaces the peers of the file.",
    };

    private readonly Option<string?> redis = RedisOption();

    private readonly Option<bool> snapshot = new("--snapshot")
    {
        Description = "Node: where there is no chain yet, begin with the state of a recent block, which peers give.",
    };

    private readonly Option<string?> trust = new("--trust")
    {
        Description = "Node: with --snapshot, believe this block, as HEIGHT:HASH, in place of the genesis.",
    };

    private readonly Option<ulong?> keepBlocks = new("--keep-blocks")
    {
        Description = "Node: keep the newest so many blocks, 128 at least (default: all).",
    };

    private readonly Option<bool> archive = new("--archive")
    {
        Description = "Node: keep the state of every block (default: of the newest 8,192).",
    };

    public static Option<string?> RedisOption() => new("--redis")
    {
        Description = "Development only: validators meet over this Redis server (a configuration string of "
            + "StackExchange.Redis) instead of linking directly. Whoever reaches it may speak in any name. A password "
            + "is seen by other users here: put it into the configuration file instead. 'embedded', for a network: "
            + "one of its own, if it is built.",
    };

    public void AddTo(Command command, Argument<string> role)
    {
        Option[] all = [listen, peers, redis, snapshot, trust, keepBlocks, archive];
        foreach (var option in all)
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var given = all.Where(o => result.GetResult(o) is { Implicit: false }).Select(o => o.Name).ToList();
            if (given.Count > 0 && result.GetValue(role) != RoleTable.Node)
                result.AddError($"{string.Join(", ", given)} are for the node.");
        });
    }

    /// <summary>The settings with what the command line says in place of what the file says.</summary>
    public RoleSettings Apply(ParseResult parsed, RoleSettings settings)
    {
        if (parsed.GetValue(listen) is null && parsed.GetValue(redis) is null && parsed.GetValue(peers) is not [_, ..]
            && !parsed.GetValue(snapshot) && parsed.GetValue(trust) is null && parsed.GetValue(keepBlocks) is null
            && !parsed.GetValue(archive))
            return settings;
        var options = settings.Options.ValueKind == JsonValueKind.Object
            ? JsonObject.Create(settings.Options)!
            : throw new StartFailure(StartCodes.ConfigInvalid, "The configuration has no options.");
        if (parsed.GetValue(listen) is { } place)
            options["p2pListen"] = place;
        if (parsed.GetValue(peers) is [_, ..] named)
            options["peers"] = new JsonArray([.. named.Select(p => JsonValue.Create(p))]);
        if (parsed.GetValue(redis) is { } server)
            options["redis"] = server;
        if (parsed.GetValue(snapshot))
            options["snapshotSync"] = true;
        if (parsed.GetValue(trust) is { } block)
            options["trust"] = block;
        if (parsed.GetValue(keepBlocks) is { } count)
            options["keepBlocks"] = count;
        if (parsed.GetValue(archive))
            options["archive"] = true;
        return settings with { Options = options.Deserialize<JsonElement>() };
    }
}
