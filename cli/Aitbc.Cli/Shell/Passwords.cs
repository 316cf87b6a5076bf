using System.CommandLine;
using System.Text;

namespace Aitbc.Cli.Shell;

/// <summary>
/// Passwords come from a file or are typed unseen, never from the command line: every process reads that.
/// </summary>
internal static class Passwords
{
    private const int MaxBytes = 4096;

    public static Option<string?> Option(string name, string description) => new(name) { Description = description };

    /// <summary>The file's first line, or what is typed at the prompt.</summary>
    public static async Task<string> ReadAsync(string? file, string prompt, CancellationToken cancel)
    {
        if (file is not null)
            return Encoding.UTF8.GetString(await FileAccessing.ReadAsync(file, MaxBytes, cancel)).TrimEnd('\r', '\n');
        if (Console.IsInputRedirected)
            throw CliFailure.Usage("A password is needed, and nobody is here to type it: name a file that holds it.");
        return Typed(prompt);
    }

    private static string Typed(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar) && typed.Length < MaxBytes)
                typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
