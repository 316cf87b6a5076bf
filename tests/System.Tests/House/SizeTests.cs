using Xunit;

namespace System.Tests.House;

/// <summary>Files of 600 lines, methods of 70, lines of 120 columns at most, and no note left for later.</summary>
public sealed class SizeTests
{
    private const int LongestFile = 600;
    private const int LongestMethod = 70;
    private const int WidestLine = 120;

    // Spelled apart, so that this file does not find itself.
    private static readonly string[] Notes = ["TO" + "DO", "FIX" + "ME", "HA" + "CK:", "X" + "XX:"];

    [Fact]
    public void No_source_file_has_more_than_600_lines() =>
        Assert.DoesNotContain(Repository.Sources, f => File.ReadLines(Repository.Full(f)).Count() > LongestFile);

    [Fact]
    public void No_method_has_more_than_70_lines() =>
        Assert.Empty(Repository.Sources.SelectMany(f => MethodLengths.In(File.ReadAllText(Repository.Full(f)))
            .Where(m => m.Lines > LongestMethod)
            .Select(m => $"{f}:{m.Line} has {m.Lines} lines")));

    [Fact]
    public void No_source_line_is_wider_than_120_columns() =>
        Assert.Empty(Lines().Where(l => l.Text.Length > WidestLine).Select(l => l.Place));

    [Fact]
    public void No_source_line_is_left_for_later() =>
        Assert.Empty(Lines().Where(l => Array.Exists(Notes, n => l.Text.Contains(n, StringComparison.Ordinal)))
            .Select(l => l.Place));

    [Fact]
    public void Method_lengths_are_measured_from_the_signature_to_the_closing_brace()
    {
        const string source = """
            namespace A;
            class B
            {
                int Property => 1;
                void First(string text)
                {
                    var brace = "{ \" {"; // {
                    var c = '{';
                    if (text == $"{c}") { }
                }

                void Second() { }
            }
            """;
        Assert.Equal([(5, 6), (12, 1)], MethodLengths.In(source));
    }

    private static IEnumerable<(string Place, string Text)> Lines() => Repository.Sources.SelectMany(f =>
        File.ReadLines(Repository.Full(f)).Select((text, i) => ($"{f}:{i + 1}", text)));
}
