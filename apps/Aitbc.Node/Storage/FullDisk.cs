using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>A write failed because there is no space: a matter of the operator, and nothing is damaged by it.</summary>
internal static class FullDisk
{
    // As the system numbers them: no space left, quota exceeded, and Windows' disk full.
    private static readonly int[] Numbers = [28, 122, unchecked((int)0x80070070)];

    public static bool Caused(Exception e) => e switch
    {
        IOException io => Numbers.Contains(io.HResult),
        // The library hands on the system's sentence, in its own words before it.
        RocksDbException => e.Message.Contains("No space left", StringComparison.Ordinal)
            || e.Message.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    public static string Say(string folder) =>
        $"The disk is full: nothing more can be written to {folder}. What is final stays so, and nothing more is "
        + "signed. Make space and start the node again.";
}
