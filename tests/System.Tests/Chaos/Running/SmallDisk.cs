namespace System.Tests.Chaos.Running;

/// <summary>A file system in memory, small enough to be filled. Mounting takes the rights of root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 192;
    private readonly string folder;
    private readonly string filler;

    private SmallDisk(string folder) => (this.folder, filler) = (folder, Path.Combine(folder, "filler"));

    /// <summary>Mounts one on an empty folder; else why not.</summary>
    public static (SmallDisk? Disk, string Reason) TryMount(string folder) =>
        Shell.Try("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m", "tmpfs", folder) is { } complaint
            ? (null, $"No small disk can be mounted here ({complaint}).")
            : (new SmallDisk(folder), "");

    /// <summary>Leaves no byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var bytes = new byte[1 << 20];
        for (var length = bytes.Length; length > 0;)
        {
            try
            {
                file.Write(bytes, 0, length);
            }
            catch (IOException)
            {
                // What does not fit whole may fit in part.
                length /= 2;
            }
        }
    }

    public void Free() => File.Delete(filler);

    public void Dispose() => Shell.Try("umount", folder);
}
