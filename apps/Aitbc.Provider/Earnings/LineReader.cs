namespace Aitbc.Provider.Earnings;

/// <summary>Lines of a file, without the file in memory. A last one without an end is none.</summary>
internal sealed class LineReader(Stream stream) : IDisposable
{
    /// <summary>Bytes of a line at most; a longer one is given in parts, which are no good line.</summary>
    private const int Longest = 64 << 10;

    private readonly byte[] buffer = new byte[Longest];
    private int from;
    private int length;

    /// <summary>The next line without its end, good until the next call; null = there is none.</summary>
    public ReadOnlyMemory<byte>? Next()
    {
        while (true)
        {
            var end = Array.IndexOf(buffer, (byte)'\n', from, length - from);
            if (end >= 0)
            {
                var line = buffer.AsMemory(from, end - from);
                from = end + 1;
                return line;
            }

            if (from == 0 && length == Longest)
            {
                length = 0;
                return buffer;
            }

            buffer.AsSpan(from, length - from).CopyTo(buffer);
            (from, length) = (0, length - from);
            var read = stream.Read(buffer, length, Longest - length);
            if (read == 0)
                return null;
            length += read;
        }
    }

    public void Dispose() => stream.Dispose();
}
