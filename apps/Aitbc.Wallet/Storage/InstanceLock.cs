namespace Aitbc.Wallet.Storage;

/// <summary>
/// Says whether this process is the only daemon on the data. The system takes the lock back when a process ends,
/// however it ends.
/// </summary>
internal sealed class InstanceLock(WalletOptions options) : IDisposable
{
    private FileStream? file;

    /// <summary>False if another daemon is at work on the same data.</summary>
    public bool TryTake()
    {
        var how = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
        };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            file = new FileStream(Path.Combine(options.DataDirectory, "wallet.lock"), how);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => file?.Dispose();
}
