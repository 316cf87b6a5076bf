namespace Aitbc.Bench;

/// <summary>The sources around this program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The repository is not around this program.");
        return folder.FullName;
    }
}
