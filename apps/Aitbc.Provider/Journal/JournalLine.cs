using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Aitbc.Provider.Journal;

/// <summary>
/// One record: sixteen hexadecimal digits of SHA-256 over the rest, a space, the step, a space, milliseconds since
/// 1970, a space, the payload as a JSON string, a line feed. A line that was torn by a crash fails its checksum.
/// </summary>
internal static class JournalLine
{
    private const int ChecksumDigits = 16;

    public static byte[] Encode(JobStep step, DateTimeOffset at, string payload)
    {
        var rest = string.Create(
            CultureInfo.InvariantCulture,
            $"{step} {at.ToUnixTimeMilliseconds()} {JsonSerializer.Serialize(payload, JournalJson.Default.String)}");
        return Encoding.UTF8.GetBytes($"{Checksum(rest)} {rest}\n");
    }

    public static bool TryDecode(string line, out JobStep step, out DateTimeOffset at, out string payload)
    {
        (step, at, payload) = (default, default, "");
        if (line.Length < ChecksumDigits + 1 || line[..ChecksumDigits] != Checksum(line[(ChecksumDigits + 1)..]))
            return false;
        var parts = line[(ChecksumDigits + 1)..].Split(' ', 3);
        step = Enum.Parse<JobStep>(parts[0]);
        at = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[1], CultureInfo.InvariantCulture));
        payload = JsonSerializer.Deserialize(parts[2], JournalJson.Default.String)!;
        return true;
    }

    private static string Checksum(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..ChecksumDigits];
}
