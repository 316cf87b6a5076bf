using System.CommandLine;
using System.Text;
using Aitbc.Sdk.Files;

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
        return Encoding.UTF8.GetString(HiddenInput.Read(prompt));
    }
}
