using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Host.Roles;
using Aitbc.Primitives;

namespace Aitbc.Host.Devnet;

/// <summary>
/// The configuration files that the network's roles are started with: the very files that an operator would write, so
/// that this network and a real one cannot diverge.
/// </summary>
internal sealed class RoleConfigs(DataFolder folder, IReadOnlyDictionary<string, Uri> urls)
{
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

    public string Node(Address miner) => Write(RoleTable.Node, new JsonObject
    {
        ["genesisFile"] = GenesisFile,
        ["miner"] = miner.ToString(),
    });

    public string Coordinator() => Write(RoleTable.Coordinator, new JsonObject
    {
        ["nodeUrl"] = Text(RoleTable.Node),
        ["walletUrl"] = Text(RoleTable.Wallet),
        ["walletTokenFile"] = TokenFile,
        ["accountLabel"] = RoleTable.Coordinator,
        ["settlementIntervalMs"] = 500,
    });

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

    private string Write(string role, JsonObject options)
    {
        options.Insert(0, "dataDirectory", folder.Folder(role));
        var file = new JsonObject { ["listen"] = Text(role), ["options"] = options };
        var path = Path.Combine(folder.Folder("config"), role + ".json");
        SafeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(file, RoleSettings.Json));
        return path;
    }
}
