using System.Text;

namespace System.Tests.Secrecy;

/// <summary>Bytes that must be nowhere, and all the ways in which they might be written down.</summary>
/// <param name="Name">What it is, for the message of a test that found it.</param>
/// <param name="Bytes">The secret itself; of a text its UTF-8.</param>
internal sealed record Secret(string Name, byte[] Bytes)
{
    public static Secret OfText(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    /// <summary>As it is, in hex of either case (0x before it or not) and in base64 wherever it begins.</summary>
    public IEnumerable<byte[]> Forms()
    {
        yield return Bytes;
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Bytes));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(Bytes));
        for (var shift = 0; shift < 3; shift++)
        {
            // Within a longer text three bytes stand as four characters: only the inner ones are the secret's alone.
            var encoded = Convert.ToBase64String([.. new byte[shift], .. Bytes]).TrimEnd('=');
            yield return Encoding.ASCII.GetBytes(encoded[(shift == 0 ? 0 : 4)..^2]);
            yield return Encoding.ASCII.GetBytes(
                encoded[(shift == 0 ? 0 : 4)..^2].Replace('+', '-').Replace('/', '_'));
        }
    }

    public bool IsIn(ReadOnlySpan<byte> written)
    {
        foreach (var form in Forms())
        {
            if (written.IndexOf(form) >= 0)
                return true;
        }

        return false;
    }
}
