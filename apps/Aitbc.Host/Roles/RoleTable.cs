namespace Aitbc.Host.Roles;

/// <summary>Every role, in the order in which a network starts; it stops in the opposite order.</summary>
internal static class RoleTable
{
    public const string Wallet = "wallet";
    public const string Node = "node";
    public const string Coordinator = "coordinator";
    public const string Provider = "provider";

    public static IReadOnlyList<RoleDefinition> All { get; } =
        [new WalletRole(), new NodeRole(), new CoordinatorRole(), new ProviderRole()];

    public static RoleDefinition? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    public static string Names { get; } = string.Join(", ", All.Select(r => r.Name));
}
