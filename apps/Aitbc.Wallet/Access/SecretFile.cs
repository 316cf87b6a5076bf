using System.Security.Cryptography;
using Aitbc.Sdk.Files;

namespace Aitbc.Wallet.Access;

/// <summary>Small files that only their owner may read (mode 0600), made whole or not at all.</summary>
internal static class SecretFile
{
    private const int MaxBytes = 4096;
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
            DurableFile.CreateSecret(path, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>Writes a new file.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        if (!DurableFile.CreateSecret(path, bytes))
            throw new IOException($"{path} is there already.");
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
}
