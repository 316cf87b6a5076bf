namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>Reads a key from its file. No exception of this says what is in the file.</summary>
internal static class KeyFile
{
    private const int LongestFile = 4096;

    public static string Read(string file)
    {
        using var stream = File.OpenRead(file);
        if (stream.Length > LongestFile)
            throw new FormatException($"The key file {file} has more than {LongestFile} bytes.");
        using var reader = new StreamReader(stream);
        var key = reader.ReadToEnd().Trim();
        // Anything else cannot stand in a header, and a line break would begin another one.
        return key.Length > 0 && key.All(c => c is > ' ' and < '\u007f')
            ? key : throw new FormatException($"The key file {file} does not hold one line of printable characters.");
    }
}
