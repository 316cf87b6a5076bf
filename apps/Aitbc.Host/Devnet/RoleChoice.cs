using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>Which roles are wanted, and whether they can live without those that are not.</summary>
internal static class RoleChoice
{
    private static readonly (string Role, string Needs)[] Needs =
    [
        (RoleTable.Coordinator, RoleTable.Wallet),
        (RoleTable.Coordinator, RoleTable.Node),
        (RoleTable.Provider, RoleTable.Wallet),
        (RoleTable.Provider, RoleTable.Node),
        (RoleTable.Provider, RoleTable.Coordinator),
    ];

    public static IReadOnlySet<string> Parse(string? text) => (text ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.Ordinal);

    public static void Check(string? text, Action<string> refuse)
    {
        var roles = Parse(text);
        if (roles.Count == 0)
            refuse($"--roles names none of {RoleTable.Names}.");
        foreach (var unknown in roles.Where(r => RoleTable.Find(r) is null))
            refuse($"There is no role '{unknown}'; there are {RoleTable.Names}.");
        foreach (var (role, needed) in Needs.Where(n => roles.Contains(n.Role) && !roles.Contains(n.Needs)))
            refuse($"The {role} needs the {needed}: add it to --roles.");
    }
}
