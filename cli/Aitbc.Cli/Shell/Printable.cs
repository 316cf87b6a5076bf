namespace Aitbc.Cli.Shell;

/// <summary>
/// Words of others in a terminal: a name, a price list or an error of a stranger must not move the cursor, colour what
/// follows or write over what stands there.
/// </summary>
internal static class Printable
{
    private const char Replacement = '\uFFFD';

    /// <summary>Text of several lines: control characters but line ends and tabs are replaced.</summary>
    public static string Text(string text) => Clean(text, c => c is '\n' or '\t');

    /// <summary>One line: control characters are replaced, line ends too.</summary>
    public static string Line(string text) => Clean(text, _ => false);

    private static string Clean(string text, Func<char, bool> stays) =>
        text.Any(c => IsHarmful(c) && !stays(c))
            ? string.Concat(text.Select(c => IsHarmful(c) && !stays(c) ? Replacement : c))
            : text;

    // Controls (C0, DEL, C1), and the marks that turn the direction of what follows (Unicode TR 36, 3.3).
    private static bool IsHarmful(char c) =>
        char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
