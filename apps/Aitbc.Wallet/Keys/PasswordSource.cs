using Aitbc.Wallet.Access;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Wallet.Keys;

/// <summary>Reads the password from a file descriptor or a file; never from an argument or a variable.</summary>
internal static class PasswordSource
{
    private const int ShortestPassword = 8;

    /// <summary>The password's bytes; the caller zeroes them.</summary>
    /// <param name="options">Where to read from.</param>
    /// <param name="newWallet">True: a password may be invented. An old wallet's password can only be lost.</param>
    public static byte[] Read(WalletOptions options, bool newWallet)
    {
        var password = options.PasswordFileDescriptor is { } descriptor
            ? ReadDescriptor(descriptor)
            : ReadFile(options, newWallet);
        return password.Length >= ShortestPassword
            ? password
            : throw new WalletStartException(
                WalletStartException.NoPassword, $"The password has fewer than {ShortestPassword} bytes.");
    }

    private static byte[] ReadDescriptor(int descriptor)
    {
        try
        {
            using var handle = new SafeFileHandle(descriptor, ownsHandle: false);
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            return SecretFile.ReadLine(stream);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            throw new WalletStartException(
                WalletStartException.NoPassword, $"No password could be read from file descriptor {descriptor}.", e);
        }
    }

    private static byte[] ReadFile(WalletOptions options, bool newWallet)
    {
        var path = options.EffectivePasswordFile;
        if (options.CreatePasswordFile && newWallet)
            SecretFile.CreateRandomIfMissing(path);
        try
        {
            return SecretFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WalletStartException(
                WalletStartException.NoPassword,
                $"No password could be read from {path}: write it there with mode 600, or pass a file descriptor.",
                e);
        }
    }
}
