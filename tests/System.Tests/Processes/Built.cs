namespace System.Tests.Processes;

/// <summary>The programs as the build left them, and the repository around them.</summary>
internal static class Built
{
    public static string Dotnet { get; } = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "dotnet"));

    public static string Root { get; } = FindRoot();

    /// <summary>The launcher.</summary>
    public static string Launcher { get; } = Path.Combine(Root, "aitbc");

    public static string Cli { get; } = Program("Aitbc.Cli", "aitbc.dll");

    public static string Host { get; } = Program("Aitbc.Host", "aitbcd.dll");

    /// <summary>An agent that spends, as a process of its own.</summary>
    public static string Spender { get; } = Program("Spender", "Spender.dll");

    // Tests are built with the configuration of what they test.
    private static string Program(string project, string assembly) => Path.Combine(
        Root,
        "artifacts",
        "bin",
        project,
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)),
        assembly);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not lie in the repository.");
    }
}
