namespace Aitbc.Cli.Shell;

/// <summary>Files that a command reads and writes, with sentences for what can go wrong.</summary>
internal static class FileAccessing
{
    public static async Task<byte[]> ReadAsync(string path, long maxBytes, CancellationToken cancel)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            throw CliFailure.Failed("file_missing", $"There is no file {path}.", "Check the path.");
        if (info.Length > maxBytes)
            throw CliFailure.Failed("file_too_long", $"{path} has {info.Length} bytes; at most {maxBytes} are taken.");
        return await File.ReadAllBytesAsync(path, cancel);
    }

    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(path, bytes, cancel);
    }
}
