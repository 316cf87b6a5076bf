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

    /// <summary>Writes a new file that only its owner may read (mode 0600). One that is there is not touched.</summary>
    public static Task<long> WriteSecretAsync(string path, string secret, CancellationToken cancel) =>
        WriteSecretAsync(
            path, to => to.WriteAsync(System.Text.Encoding.ASCII.GetBytes(secret), cancel).AsTask(), cancel);

    /// <summary>The same for what comes in pieces; the file gets its name when all is on the disk.</summary>
    /// <returns>Its length.</returns>
    public static async Task<long> WriteSecretAsync(string path, Func<Stream, Task> write, CancellationToken cancel)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            long length;
            await using (var file = new FileStream(temporary, how))
            {
                await write(file);
                await file.FlushAsync(cancel);
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            File.Move(temporary, path, overwrite: false);
            return length;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
