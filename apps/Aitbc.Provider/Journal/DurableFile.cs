using System.Runtime.InteropServices;

namespace Aitbc.Provider.Journal;

/// <summary>Writes that survive a loss of power once they return.</summary>
internal static class DurableFile
{
    /// <summary>Replaces the file as a whole: readers see the old bytes or all of the new ones.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.draft";
        using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    public static void Append(string path, FileMode mode, ReadOnlySpan<byte> bytes)
    {
        using (var file = new FileStream(path, mode, FileAccess.Write, FileShare.Read))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (mode == FileMode.CreateNew)
            SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// A new name in a folder is durable only after the folder itself is; Windows has no such call and no need.
    /// </summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Native.Open(folder, 0);
        if (descriptor < 0)
            throw new IOException($"The folder {folder} cannot be opened for syncing.");
        try
        {
            if (Native.Fsync(descriptor) != 0)
                throw new IOException($"The folder {folder} cannot be synced.");
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
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
    }
}
