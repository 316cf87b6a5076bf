using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary>What of a node's configuration may be said on the command line: how it reaches its peers.</summary>
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

    public static Option<string?> RedisOption() => new("--redis")
    {
        Description = "Development only: validators meet over this Redis server (a configuration string of "
            + "StackExchange.Redis) instead of linking directly. Whoever reaches it may speak in any name. A password "
            + "is seen by other users here: put it into the configuration file instead.",
    };

    public void AddTo(Command command, Argument<string> role)
    {
        foreach (var option in (Option[])[listen, peers, redis])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var hasAny = new Option[] { listen, peers, redis }.Any(o => result.GetResult(o) is { Implicit: false });
            if (hasAny && result.GetValue(role) != RoleTable.Node)
                result.AddError("--p2p-listen, --peer and --redis are for the node.");
        });
    }

    /// <summary>The settings with what the command line says in place of what the file says.</summary>
    public RoleSettings Apply(ParseResult parsed, RoleSettings settings)
    {
        if (parsed.GetValue(listen) is null && parsed.GetValue(redis) is null && parsed.GetValue(peers) is not [_, ..])
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
        return settings with { Options = options.Deserialize<JsonElement>() };
    }
}
