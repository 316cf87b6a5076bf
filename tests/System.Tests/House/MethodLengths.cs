using System.Text.RegularExpressions;

namespace System.Tests.House;

/// <summary>
/// Finds methods by braces and indentation: what stands four columns into a type and opens a block after a ). It reads
/// formatted sources, which 'dotnet format' guarantees, and so needs no compiler.
/// </summary>
internal static partial class MethodLengths
{
    public static IEnumerable<(int Line, int Lines)> In(string source)
    {
        var lines = source.Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        var raw = false;
        for (var i = 0; i < lines.Length; i++)
        {
            // Raw strings hold other people's braces.
            if (RawQuotes().Count(lines[i]) % 2 == 1)
                raw = !raw;
            if (raw || !Signature().IsMatch(lines[i]) || TypeWord().IsMatch(lines[i]))
                continue;
            var end = EndOf(lines, i);
            yield return (i + 1, end - i + 1);
            i = end;
        }
    }

    // The member ends with the first line at its own indentation that closes it, or with the ; of an expression body.
    private static int EndOf(string[] lines, int start)
    {
        if (lines[start].EndsWith('}') || lines[start].EndsWith(';'))
            return start;
        var indent = lines[start].Length - lines[start].TrimStart().Length;
        var opened = false;
        for (var i = start + 1; i < lines.Length; i++)
        {
            var text = lines[i].TrimStart();
            var own = text.Length > 0 && lines[i].Length - text.Length == indent;
            opened |= own && text == "{";
            if ((own && text is "}" or "};" or "});") || (!opened && text.EndsWith(';')))
                return i;
        }

        return lines.Length - 1;
    }

    [GeneratedRegex(
        @"^(    ){1,3}(public|private|internal|protected|static|async|override|sealed|unsafe|void|int|string|bool)"
        + @"[^=;""]*\(")]
    private static partial Regex Signature();

    [GeneratedRegex(@"\b(class|record|struct|enum|interface|delegate|new)\b")]
    private static partial Regex TypeWord();

    [GeneratedRegex("\"\"\"+")]
    private static partial Regex RawQuotes();
}
