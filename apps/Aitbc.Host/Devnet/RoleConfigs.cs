using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>
/// The configuration files that the network's roles are started with: the very files that an operator would write, so
/// that this network and a real one cannot diverge.
/// </summary>
internal sealed class RoleConfigs(DataFolder folder, NetworkPlan plan, DevnetOptions devnet)
{
    private readonly IReadOnlyDictionary<string, Uri> urls = plan.Urls;

    public string TokenFile => Path.Combine(folder.Folder(RoleTable.Wallet), "wallet.token");

    public string GenesisFile => folder.File("genesis.json");

    // A network may run its wallet alone; then nobody says what became of spends.
    public string Wallet()
    {
        var options = new JsonObject { ["createPasswordFile"] = true };
        if (urls.ContainsKey(RoleTable.Node))
            options["nodeUrl"] = Text(RoleTable.Node);
        return Write(RoleTable.Wallet, options);
    }

    /// <param name="own">The node.</param>
    /// <param name="all">It and the others.</param>
    public string Node(DevnetValidator own, IReadOnlyList<DevnetValidator> all)
    {
        var options = new JsonObject
        {
            ["genesisFile"] = GenesisFile,
            ["miner"] = own.Member.Operator.ToString(),
        };
        if (own.Place.Peers is { } peers)
        {
            options["p2pListen"] = peers;
            options["peers"] = new JsonArray([.. all.Where(v => v != own).Select(v => JsonValue.Create(v.Peer))]);
        }
        else if (all.Count > 1)
        {
            options["redis"] = devnet.Redis;
        }

        return Write(own.Place.Name, own.Place.Url.ToString(), options);
    }

    public string Coordinator()
    {
        var options = new JsonObject
        {
            ["nodeUrl"] = Text(RoleTable.Node),
            ["walletUrl"] = Text(RoleTable.Wallet),
            ["walletTokenFile"] = TokenFile,
            ["accountLabel"] = RoleTable.Coordinator,
            ["facilitatorLabel"] = RoleAccounts.Facilitator,
            ["settlementIntervalMs"] = 500,
        };
        if (devnet.Restart)
            (options["leaseSeconds"], options["resultGraceSeconds"]) = (4, 8);
        return Write(RoleTable.Coordinator, options);
    }

    public string Provider() => Write(RoleTable.Provider, new JsonObject
    {
        ["nodeUrl"] = Text(RoleTable.Node),
        ["walletUrl"] = Text(RoleTable.Wallet),
        ["walletTokenFile"] = TokenFile,
        ["accountLabel"] = RoleTable.Provider,
        ["coordinatorUrl"] = Text(RoleTable.Coordinator),
        ["publicUrl"] = Text(RoleTable.Provider),
        ["reconcileInterval"] = "00:00:01",
    });

    private string Text(string role) => urls[role].ToString();

    private string Write(string role, JsonObject options) => Write(role, Text(role), options);

    private string Write(string name, string listen, JsonObject options)
    {
        options.Insert(0, "dataDirectory", folder.Folder(name));
        var file = new JsonObject { ["listen"] = listen, ["options"] = options };
        var path = Path.Combine(folder.Folder("config"), name + ".json");
        SafeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(file, RoleSettings.Json));
        return path;
    }
}
