using System.Globalization;

namespace Services.Tests.Provider.Wasm;

/// <summary>The committed sample and the same computation done natively.</summary>
internal static class SampleProgram
{
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "samples", "wasm", "wordcount");

    public static byte[] Wordcount() => File.ReadAllBytes(Path.Combine(Folder, "wordcount.wasm"));

    public static string Native(ReadOnlySpan<byte> input)
    {
        long lines = 0, words = 0;
        var hash = 0xcbf29ce484222325UL;
        var inWord = false;
        foreach (var b in input)
        {
            hash = unchecked((hash ^ b) * 0x100000001b3UL);
            lines += b == '\n' ? 1 : 0;
            var space = b is 32 or (>= 9 and <= 13);
            words += !space && !inWord ? 1 : 0;
            inWord = !space;
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"lines {lines}\nwords {words}\nbytes {input.Length}\nfnv1a64 {hash:x16}\n");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests must run from inside the repository.");
    }
}
