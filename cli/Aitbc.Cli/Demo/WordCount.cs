namespace Aitbc.Cli.Demo;

/// <summary>What samples/wasm/wordcount computes, computed here.</summary>
internal static class WordCount
{
    private const ulong FnvOffset = 14_695_981_039_346_656_037;
    private const ulong FnvPrime = 1_099_511_628_211;

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var (lines, words, hash, inWord) = (0, 0, FnvOffset, false);
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * FnvPrime);
            lines += b == (byte)'\n' ? 1 : 0;
            var isSpace = b is (>= 0x09 and <= 0x0d) or 0x20;
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return $"lines {lines}\nwords {words}\nbytes {bytes.Length}\nfnv1a64 {hash:x16}\n";
    }
}
