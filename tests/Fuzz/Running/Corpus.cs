namespace Aitbc.Fuzz.Running;

/// <summary>The committed inputs of a target, in the order of their names.</summary>
internal static class Corpus
{
    private const string Extension = ".bin";

    public static IReadOnlyList<byte[]> Of(string target) =>
        [.. Directory.GetFiles(Folder(target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Writes the seeds of a target anew; what was found and kept beside them stays.</summary>
    public static void Write(IFuzzTarget target)
    {
        Directory.CreateDirectory(Folder(target.Name));
        foreach (var (name, bytes) in target.Seeds)
            File.WriteAllBytes(Path.Combine(Folder(target.Name), name + Extension), bytes);
    }

    private static string Folder(string target) => Path.Combine(Root(), "tests", "Fuzz", "Corpus", target);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The targets run inside the repository.");
    }
}
