using System.Xml.Linq;
using Xunit;

namespace System.Tests.House;

/// <summary>Who may reference whom. A package that is named here may be referenced by its owner only.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Aitbc.Primitives"] = [],
        ["Aitbc.Ledger"] = ["Aitbc.Primitives"],
        ["Aitbc.Consensus"] = ["Aitbc.Primitives"],
        ["Aitbc.Sdk"] = ["Aitbc.Primitives", "Aitbc.Ledger", "Aitbc.Consensus"],
        ["Aitbc.Node"] = ["Aitbc.Ledger", "Aitbc.Consensus", "Aitbc.Sdk"],
        ["Aitbc.Wallet"] = ["Aitbc.Sdk"],
        ["Aitbc.Coordinator"] = ["Aitbc.Sdk"],
        ["Aitbc.Provider"] = ["Aitbc.Sdk", "Aitbc.Script"],
        ["Aitbc.Script"] = [],
        ["Aitbc.Garnet"] = [],
        ["Aitbc.Dashboard"] = ["Aitbc.Sdk"],
        ["Aitbc.Host"] = ["Aitbc.Node", "Aitbc.Wallet", "Aitbc.Coordinator", "Aitbc.Provider", "Aitbc.Dashboard"],
        ["Aitbc.Cli"] = ["Aitbc.Sdk"],
    };

    private static readonly Dictionary<string, string[]> Owners = new()
    {
        ["RocksDB"] = ["Aitbc.Node"],
        ["Wasmtime"] = ["Aitbc.Provider"],
        ["StackExchange.Redis"] = ["Aitbc.Node"],
        ["prometheus-net"] = ["Aitbc.Node"],
        ["Microsoft.Garnet"] = ["Aitbc.Garnet"],
        ["ILGPU"] = ["Aitbc.Provider"],
        ["Jint"] = ["Aitbc.Script"],
        ["Microsoft.EntityFrameworkCore.Sqlite"] = ["Aitbc.Coordinator", "Aitbc.Wallet"],
        ["BouncyCastle.Cryptography"] = ["Aitbc.Primitives"],
    };

    private static readonly string[] Unwanted =
        ["MediatR", "AutoMapper", "MassTransit", "FluentAssertions", "Newtonsoft.Json"];

    private static IEnumerable<(string Name, string File)> Products => Projects.Where(p =>
        p.File.StartsWith("core/", StringComparison.Ordinal)
        || p.File.StartsWith("apps/", StringComparison.Ordinal)
        || p.File.StartsWith("cli/", StringComparison.Ordinal));

    private static IEnumerable<(string Name, string File)> Projects => Repository.Files
        .Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))
        .Select(f => (Path.GetFileNameWithoutExtension(f), f));

    [Fact]
    public void Every_project_references_only_what_the_table_of_arrows_allows()
    {
        var wrong = Products.SelectMany(p => References(p.File, "ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/')))
            .Where(r => !Arrows.TryGetValue(p.Name, out var allowed) || !allowed.Contains(r))
            .Select(r => $"{p.Name} -> {r}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_product_project_has_a_row_in_the_table_of_arrows() =>
        Assert.Empty(Products.Select(p => p.Name).Except(Arrows.Keys));

    [Fact]
    public void Packages_with_an_owner_are_referenced_by_their_owner_only()
    {
        var wrong = Products.SelectMany(p => References(p.File, "PackageReference")
            .Where(r => Owners.TryGetValue(r, out var owners) && !owners.Contains(p.Name))
            .Select(r => $"{p.Name} -> {r}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_project_references_a_package_that_is_not_wanted() =>
        Assert.Empty(Projects.SelectMany(p => References(p.File, "PackageReference").Intersect(Unwanted)));

    [Fact]
    public void Versions_of_packages_stand_in_the_central_file_only()
    {
        var wrong = Projects.Where(p => XDocument.Load(Repository.Full(p.File)).Descendants("PackageReference")
            .Any(r => r.Attribute("Version") is not null || r.Attribute("VersionOverride") is not null));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Assert.DoesNotContain(
            Projects.Select(p => Path.Combine(Path.GetDirectoryName(p.File)!, "packages.lock.json")),
            f => !Repository.Files.Contains(f));

    [Fact]
    public void Every_project_stands_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.Full("Aitbc.slnx"));
        // Optional: its packages are many, and who wants it builds it (docs/adr/0011-embedded-redis.md).
        Assert.DoesNotContain(
            Projects.Where(p => p.Name != "Aitbc.Garnet"),
            p => !solution.Contains($"\"{p.File}\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_pure_core_builds_with_the_banned_symbols()
    {
        foreach (var name in new[] { "Aitbc.Primitives", "Aitbc.Ledger", "Aitbc.Consensus" })
            Assert.Contains("../BannedSymbols.txt", References($"core/{name}/{name}.csproj", "AdditionalFiles"));
    }

    private static IEnumerable<string> References(string file, string element) =>
        XDocument.Load(Repository.Full(file)).Descendants(element).Select(e => e.Attribute("Include")?.Value ?? "");
}
