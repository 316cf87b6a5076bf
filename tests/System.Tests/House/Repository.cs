using System.Diagnostics;
using System.Tests.Processes;

namespace System.Tests.House;

/// <summary>The files that git knows or would add, relative to the root.</summary>
internal static class Repository
{
    public static IReadOnlyList<string> Files { get; } =
        Git(Built.Root, "ls-files", "--cached", "--others", "--exclude-standard")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Distinct()
        .Where(f => File.Exists(Full(f)))
        .ToArray();

    /// <summary>Written by people: no migrations that EF Core generates.</summary>
    public static IEnumerable<string> Sources { get; } =
        Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)
            && !f.Contains("/Migrations/", StringComparison.Ordinal));

    public static string Full(string file) => Path.Combine(Built.Root, file);

    public static string Git(string folder, params string[] arguments)
    {
        var (code, output) = Run(folder, "git", arguments);
        return code == 0 ? output
            : throw new InvalidOperationException($"git {arguments[0]} ended with {code}: {output}");
    }

    /// <summary>Runs a program to its end; its exit code and all it wrote.</summary>
    public static (int Code, string Output) Run(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
