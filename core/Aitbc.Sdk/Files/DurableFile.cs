using System.Runtime.InteropServices;

namespace Aitbc.Sdk.Files;

/// <summary>Files that are there whole or not at all, whenever process or power go (fsync(2), rename(2)).</summary>
public static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Replaces a file: written beside it, synced, renamed, and the folder synced. Readers see the old bytes or all of
    /// the new ones.
    /// </summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="draft">
    /// Where to write first, in the same folder; null = the path with ".new" behind it, which only one writer at a time
    /// may do.
    /// </param>
    /// <exception cref="IOException">It cannot be written or synced; the old file is as it was.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, string? draft = null)
    {
        draft ??= path + ".new";
        Write(draft, FileMode.Create, content, isSecret: false);
        File.Move(draft, path, overwrite: true);
        SyncFolder(FolderOf(path));
    }

    /// <summary>Appends to a file, or begins it, and syncs it; the folder too if it is new.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode"><see cref="FileMode.CreateNew"/> or <see cref="FileMode.Append"/>.</param>
    /// <param name="bytes">What comes behind.</param>
    /// <exception cref="IOException">It cannot be written or synced; a part may be there.</exception>
    public static void Append(string path, FileMode mode, ReadOnlySpan<byte> bytes)
    {
        using (var file = new FileStream(path, mode, FileAccess.Write, FileShare.Read))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (mode == FileMode.CreateNew)
            SyncFolder(FolderOf(path));
    }

    /// <summary>
    /// Makes a file that only its owner may read and write (mode 0600), unless there is one. Of processes that do this
    /// at the same time one wins, and all find its file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of its bytes, if it is not there.</param>
    /// <returns>True if this call made it.</returns>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static bool CreateSecret(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            Write(draft, FileMode.CreateNew, content, isSecret: true);
            GiveName(draft, path);
            SyncFolder(FolderOf(path));
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Makes the names in a folder durable. Windows does that with the file.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">It cannot be opened or synced.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Native.Open(folder, 0);
        if (descriptor < 0)
            throw new IOException($"The folder {folder} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Native.Fsync(descriptor) != 0)
                throw new IOException($"The folder {folder} cannot be synced (errno {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static void Write(string path, FileMode mode, ReadOnlySpan<byte> content, bool isSecret)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Gives a file a name that is free; on Unix it keeps its old one too.</summary>
    /// <param name="draft">The file, whole and synced.</param>
    /// <param name="path">Its name, in the same file system.</param>
    /// <exception cref="IOException">The name is taken, or cannot be given.</exception>
    public static void GiveName(string draft, string path)
    {
        // File.Move without overwriting looks first and renames then: another process may come in between. A second
        // name for a file is refused by the system itself when the name is taken (link(2)).
        if (OperatingSystem.IsWindows())
            File.Move(draft, path, overwrite: false);
        else if (Native.Link(draft, path) != 0)
            throw new IOException($"{path} cannot be made (errno {Marshal.GetLastPInvokeError()}).");
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Close(int descriptor);

        [DllImport("libc", EntryPoint = "link", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Link(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
    }
}
