using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Aitbc.Sdk.Files;

/// <summary>
/// Reads a secret that somebody types at the terminal of this process. Where the system can be told (termios(3) on
/// Linux) nothing is shown from before the prompt until Enter: what is typed early or pasted at once is not either.
/// </summary>
public static class HiddenInput
{
    private const int MostBytes = 4096;
    private const int LongestCharacter = 4;

    /// <summary>True if somebody can be asked.</summary>
    public static bool IsThere => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <summary>What is typed until Enter, as UTF-8, at most 4,095 bytes. The caller zeroes it.</summary>
    /// <param name="prompt">Said on standard error.</param>
    public static byte[] Read(string prompt)
    {
        using var silence = TerminalSilence.TryBegin();
        Console.Error.Write(prompt);
        var typed = new byte[MostBytes];
        var length = silence is null ? ReadKeys(typed) : ReadLine(typed);
        Console.Error.WriteLine();
        var secret = typed.AsSpan(0, length).ToArray();
        CryptographicOperations.ZeroMemory(typed);
        return secret;
    }

    // The terminal edits the line; what is behind its end stays for who reads next. Not through Console, which shows
    // what it reads at a terminal.
    private static int ReadLine(byte[] typed)
    {
        using var descriptor = new SafeFileHandle(TerminalSilence.StandardInput, ownsHandle: false);
        using var input = new FileStream(descriptor, FileAccess.Read, bufferSize: 0);
        Span<byte> next = stackalloc byte[1];
        var length = 0;
        while (input.Read(next) == 1 && next[0] != (byte)'\n')
        {
            if (length < typed.Length)
                typed[length++] = next[0];
        }

        return length;
    }

    private static int ReadKeys(byte[] typed)
    {
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

        CryptographicOperations.ZeroMemory(character);
        return length;
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

    /// <summary>While it lives, the terminal shows nothing of what is typed; line ends as usual.</summary>
    private sealed class TerminalSilence : IDisposable
    {
        // struct termios of Linux, on all of its processors: four words of flags, the third of them c_lflag at 12.
        private const int Longest = 256;
        private const int LocalFlags = 12;
        private const uint Echo = 0x8;
        private const uint Canonical = 0x2;
        public const int StandardInput = 0;
        private const int AfterOutput = 1;
        private readonly byte[] before;

        private TerminalSilence(byte[] before) => this.before = before;

        public static TerminalSilence? TryBegin()
        {
            var before = new byte[Longest];
            if (!OperatingSystem.IsLinux() || Native.GetAttributes(StandardInput, before) != 0)
                return null;
            var silent = (byte[])before.Clone();
            var flags = MemoryMarshal.Cast<byte, uint>(silent.AsSpan(LocalFlags, sizeof(uint)));
            flags[0] = (flags[0] & ~Echo) | Canonical;
            return Native.SetAttributes(StandardInput, AfterOutput, silent) == 0 ? new TerminalSilence(before) : null;
        }

        public void Dispose() => _ = Native.SetAttributes(StandardInput, AfterOutput, before);
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int GetAttributes(int descriptor, [In, Out] byte[] attributes);

        [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int SetAttributes(int descriptor, int when, [In] byte[] attributes);
    }
}
