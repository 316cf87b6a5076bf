using Aitbc.Host.Errors;

namespace Aitbc.Host.Devnet;

/// <summary>The network's folder: made with owner-only mode, held by one network at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "devnet.lock";
    private const UnixFileMode OwnerOnly =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream held;
    private readonly bool ephemeral;

    private DataFolder(string path, FileStream held, bool ephemeral)
    {
        Path = path;
        this.held = held;
        this.ephemeral = ephemeral;
    }

    public string Path { get; }

    public static DataFolder Take(string path, bool ephemeral)
    {
        if (ephemeral && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new StartFailure(
                StartCodes.DataNotEmpty,
                $"{path} is not empty, and --ephemeral would remove it at the end.",
                "Name a new folder with --data, or leave --data out.");
        }

        Make(path);
        try
        {
            var held = new FileStream(
                System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, held, ephemeral);
        }
        catch (IOException e)
        {
            throw new StartFailure(
                StartCodes.DataInUse,
                $"The data folder {path} belongs to a network that runs.",
                "Stop it, or name another folder with --data.",
                e);
        }
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A folder within, made if it is missing.</summary>
    public string Folder(string name)
    {
        var folder = File(name);
        Make(folder);
        return folder;
    }

    public void Dispose()
    {
        held.Dispose();
        if (!ephemeral)
            return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException e)
        {
            Console.Error.WriteLine($"aitbcd: {Path} could not be removed: {e.Message}");
        }
    }

    private static void Make(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(StartCodes.DataDamaged, $"{path} cannot be made: {e.Message}", null, e);
        }
    }
}
