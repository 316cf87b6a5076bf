using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Wallet.Keys;

/// <summary>The terminal that the daemon was started at.</summary>
internal static class Terminal
{
    private const int MostBytes = 4096;
    private const int LongestCharacter = 4;

    public static bool IsThere => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>What is typed until Enter, unseen, as UTF-8. The caller zeroes it.</summary>
    public static byte[] ReadHidden(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new byte[MostBytes];
        Span<byte> character = stackalloc byte[LongestCharacter];
        Span<char> pair = stackalloc char[2];
        var length = 0;
        var high = '\0';
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                length = Before(typed, length);
            }
            else if (char.IsHighSurrogate(key.KeyChar))
            {
                high = key.KeyChar;
            }
            else if (!char.IsControl(key.KeyChar) && length + LongestCharacter <= MostBytes)
            {
                (pair[0], pair[1]) = char.IsLowSurrogate(key.KeyChar) ? (high, key.KeyChar) : (key.KeyChar, '\0');
                var count = Encoding.UTF8.GetBytes(pair[..(pair[1] == '\0' ? 1 : 2)], character);
                character[..count].CopyTo(typed.AsSpan(length));
                length += count;
            }
        }

        Console.Error.WriteLine();
        var secret = typed.AsSpan(0, length).ToArray();
        CryptographicOperations.ZeroMemory(typed);
        CryptographicOperations.ZeroMemory(character);
        return secret;
    }

    // The bytes of one character go together.
    private static int Before(byte[] typed, int length)
    {
        if (length == 0)
            return 0;
        length--;
        while (length > 0 && (typed[length] & 0xC0) == 0x80)
            length--;
        return length;
    }
}
