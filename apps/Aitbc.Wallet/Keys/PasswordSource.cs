using System.Security.Cryptography;
using Aitbc.Sdk.Files;
using Aitbc.Wallet.Access;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Wallet.Keys;

/// <summary>
/// Reads the password: from a file descriptor, a named file, a credential of systemd, the file in the data folder, or
/// the terminal; never from an argument or a variable.
/// </summary>
internal static class PasswordSource
{
    private const int ShortestPassword = 8;

    /// <summary>The credential's name: <c>LoadCredentialEncrypted=aitbc-wallet-password</c>.</summary>
    public const string Credential = "aitbc-wallet-password";

    /// <summary>The password's bytes; the caller zeroes them.</summary>
    /// <param name="options">Where to read from.</param>
    /// <param name="newWallet">True: a password may be invented. An old wallet's password can only be lost.</param>
    public static byte[] Read(WalletOptions options, bool newWallet)
    {
        var password = Find(options, newWallet);
        return password.Length >= ShortestPassword
            ? password
            : throw new WalletStartException(
                WalletStartException.NoPassword, $"The password has fewer than {ShortestPassword} bytes.");
    }

    private static byte[] Find(WalletOptions options, bool newWallet)
    {
        if (options.PasswordFileDescriptor is { } descriptor)
            return ReadDescriptor(descriptor);
        if (options.PasswordFile is null && CredentialFile() is { } credential)
            return ReadFile(credential, isCredential: true);
        var path = options.EffectivePasswordFile;
        if (options.CreatePasswordFile && newWallet)
            SecretFile.CreateRandomIfMissing(path);
        return options is { PasswordFile: null, AskForPassword: true } && !File.Exists(path)
            ? Ask(newWallet)
            : ReadFile(path, isCredential: false);
    }

    // systemd names the folder in a variable; the password is in the file. Other services have other credentials.
    private static string? CredentialFile() =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } folder
        && Path.Combine(folder, Credential) is var path && File.Exists(path)
            ? path
            : null;

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

    private static byte[] ReadFile(string path, bool isCredential)
    {
        try
        {
            return SecretFile.Read(path, isCredential);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WalletStartException(
                WalletStartException.NoPassword,
                $"No password could be read from {path}: write it there with mode 600, or pass a file descriptor.",
                e);
        }
    }

    // A new wallet's password is typed twice: a mistake in it would lose the keys.
    private static byte[] Ask(bool newWallet)
    {
        if (!HiddenInput.IsThere)
        {
            throw new WalletStartException(
                WalletStartException.NoPassword,
                "There is no password file, and no terminal to ask at: name a file, a credential or a descriptor.");
        }

        var password = HiddenInput.Read(newWallet ? "New password of the wallet: " : "Password of the wallet: ");
        if (!newWallet)
            return password;
        var again = HiddenInput.Read("The same again: ");
        var isSame = CryptographicOperations.FixedTimeEquals(password, again);
        CryptographicOperations.ZeroMemory(again);
        if (isSame)
            return password;
        CryptographicOperations.ZeroMemory(password);
        throw new WalletStartException(WalletStartException.NoPassword, "The two passwords differ.");
    }
}
