using System.Text.RegularExpressions;
using Xunit;

namespace System.Tests.House;

/// <summary>What the documents say about the repository is true of it.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Every_row_of_the_lessons_names_a_test_that_exists()
    {
        var rows = File.ReadLines(Repository.Full("docs/lessons.md"))
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal)
                && !l.StartsWith("| Situation", StringComparison.Ordinal))
            .Where(l => !l.StartsWith("| ---", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            var tests = TestName().Matches(row.Split('|')[3]);
            Assert.True(tests.Count > 0, $"No test is named in: {row}");
            Assert.All(tests, t => Assert.True(Exists(t.Groups[1].Value), $"There is no test {t.Groups[1].Value}"));
        });
    }

    [Fact]
    public void AGENTS_has_at_most_100_lines() =>
        Assert.True(File.ReadLines(Repository.Full("AGENTS.md")).Count() <= 100);

    [Fact]
    public void Every_link_between_documents_leads_to_a_file()
    {
        var broken = Repository.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)).SelectMany(file =>
            Link().Matches(File.ReadAllText(Repository.Full(file)))
                .Select(m => m.Groups[1].Value)
                .Where(l => !l.Contains("://", StringComparison.Ordinal)
                    && !l.StartsWith("mailto:", StringComparison.Ordinal))
                .Select(l => Path.Combine(Path.GetDirectoryName(Repository.Full(file))!, l))
                .Where(l => !Path.Exists(l))
                .Select(l => $"{file}: {l}"));
        Assert.Empty(broken);
    }

    // Namespace.Class.Method, found as a method of that name in a file that declares that class.
    private static bool Exists(string test)
    {
        var parts = test.Split('.');
        var (type, method, space) = (parts[^2], parts[^1], string.Join('.', parts[..^2]));
        return Repository.Sources.Where(f => f.StartsWith("tests/", StringComparison.Ordinal))
            .Select(f => File.ReadAllText(Repository.Full(f)))
            .Any(text => text.Contains($"namespace {space};", StringComparison.Ordinal)
                && Regex.IsMatch(text, $@"\bclass {type}\b")
                && Regex.IsMatch(text, $@"\b(void|Task|ValueTask) {method}\("));
    }

    [GeneratedRegex(@"`([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+){2,})`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
