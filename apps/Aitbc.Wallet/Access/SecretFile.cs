using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Aitbc.Wallet.Access;

/// <summary>Small files that only their owner may read (mode 0600), made whole or not at all.</summary>
internal static class SecretFile
{
    private const int MaxBytes = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Writes 32 random bytes in hex, unless the file is there already. Racing processes agree on one.
    /// </summary>
    public static void CreateRandomIfMissing(string path)
    {
        if (File.Exists(path))
            return;
        var text = new byte[64];
        var secret = RandomNumberGenerator.GetBytes(32);
        try
        {
            Convert.TryToHexStringLower(secret, text, out _);
            Write(path, text);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Writes a new file. Of racing processes one wins, the others get an exception.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.new";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            GiveName(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // File.Move without overwriting looks first and renames then: another process may come in between. A second name
    // for a file is refused by the system itself when the name is taken.
    internal static void GiveName(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
            File.Move(temporary, path, overwrite: false);
        else if (Native.Link(temporary, path) != 0)
            throw new IOException($"{path} cannot be made: error {Marshal.GetLastPInvokeError()} of the system.");
    }

    /// <summary>Reads the file's bytes without a trailing line end. The caller zeroes them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isCredential">True: the group's right to read is no fault. systemd gives a service its credentials
    /// by an access list, whose mask shows as that right.</param>
    public static byte[] Read(string path, bool isCredential = false)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

        // The mode of the open file, not of the name: nobody can swap the file in between.
        var refused = isCredential ? Others & ~UnixFileMode.GroupRead : Others;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & refused) != 0)
        {
            throw new WalletStartException(
                WalletStartException.ExposedFile,
                $"{path} can be used by others than its owner: run chmod 600 on it, and replace the secret.");
        }

        return ReadLine(file);
    }

    /// <summary>Reads a secret from a stream, at most 4,096 bytes, without a trailing line end.</summary>
    public static byte[] ReadLine(Stream stream)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        var length = stream.ReadAtLeast(buffer, MaxBytes, throwOnEndOfStream: false);
        while (length > 0 && buffer[length - 1] is (byte)'\n' or (byte)'\r')
            length--;
        var secret = buffer[..length].ToArray();
        CryptographicOperations.ZeroMemory(buffer);
        return secret;
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "link", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Link(string existing, string name);
    }
}
