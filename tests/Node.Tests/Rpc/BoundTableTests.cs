using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Aitbc.Node;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>The table of bounds in specs/rpc.md is what the node does: each is an option with that default.</summary>
public sealed partial class BoundTableTests
{
    // Bounds that are not of JSON-RPC: specs of their own have them.
    private static readonly string[] Elsewhere =
    [
        "DataDirectory", "GenesisFile", "Miner", "Heartbeat", "StateHistory", "Archive", "DatabaseCache", "PoolSize",
        "PoolSizePerAccount", "PoolBytes", "MaxGathering", "AllowedHosts", "AllowedOrigins",
        "ConsensusTimes", "ConfirmSoleSigner", "P2pListen", "Peers", "Redis",
        "KeepBlocks", "SnapshotSync", "Trust",
    ];

    [Fact]
    public void Each_bound_of_the_table_is_an_option_with_that_default_and_no_option_is_missing()
    {
        var fresh = new NodeOptions { DataDirectory = "", GenesisFile = "", Miner = "" };
        var named = new List<string>();
        foreach (var row in Table())
        {
            var options = Backquoted().Matches(row[1]).Select(m => m.Groups[1].Value).ToList();
            var defaults = Figure().Matches(row[2]).Select(Value).ToList();
            for (var i = 0; i < options.Count; i++)
            {
                var name = char.ToUpperInvariant(options[i][0]) + options[i][1..];
                var property = typeof(NodeOptions).GetProperty(name);
                Assert.True(property is not null, $"no option {options[i]}");
                named.Add(name);
                // What depends on the machine has no figure.
                if (!row[2].Contains("processors", StringComparison.Ordinal))
                {
                    var told = defaults[Math.Min(i, defaults.Count - 1)];
                    Assert.Equal((name, told), (name, Number(property.GetValue(fresh)!)));
                }

            }
        }

        var all = typeof(NodeOptions).GetProperties().Select(p => p.Name).Except(Elsewhere);
        Assert.Equal(all.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_option_has_its_help_text()
    {
        var help = XDocument.Load(Path.ChangeExtension(typeof(NodeOptions).Assembly.Location, ".xml"));
        var texts = help.Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, m => m.Value.Trim());
        foreach (var property in typeof(NodeOptions).GetProperties())
            Assert.NotEqual("", texts[$"P:{typeof(NodeOptions).FullName}.{property.Name}"]);
    }

    private static IEnumerable<string[]> Table()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
            folder = folder.Parent!;
        return File.ReadLines(Path.Combine(folder.FullName, "specs", "rpc.md"))
            .SkipWhile(line => !line.StartsWith("## 1.", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("## 2.", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split(" | "));
    }

    private static decimal Value(Match figure)
    {
        var number = decimal.Parse(figure.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return figure.Groups[2].Value == " MiB" ? number * 1024 * 1024 : number;
    }

    private static decimal Number(object value) => value is TimeSpan time
        ? (decimal)time.TotalSeconds
        : Convert.ToDecimal(value, CultureInfo.InvariantCulture);

    [GeneratedRegex("`([a-zA-Z]+)`")]
    private static partial Regex Backquoted();

    [GeneratedRegex("([0-9]+(?:,[0-9]{3})*)( MiB)?")]
    private static partial Regex Figure();
}
