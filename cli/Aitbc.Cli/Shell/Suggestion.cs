using System.CommandLine;

namespace Aitbc.Cli.Shell;

/// <summary>Finds what was probably meant by a mistyped word.</summary>
internal static class Suggestion
{
    private const int MaxDistance = 3;

    /// <summary>The nearest name among the command's commands and options; null = none is near.</summary>
    public static string? For(string word, Command command)
    {
        var names = word.StartsWith('-')
            ? command.Options.Concat(GlobalOptions.All).Select(o => o.Name)
            : command.Subcommands.Select(c => c.Name);
        var (name, distance) = names
            .Select(n => (Name: n, Distance: Distance(word, n)))
            .OrderBy(x => x.Distance)
            .FirstOrDefault((Name: "", Distance: int.MaxValue));
        return distance <= Math.Min(MaxDistance, Math.Max(1, word.Length / 2)) ? name : null;
    }

    // Levenshtein, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
