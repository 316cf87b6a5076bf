using System.Globalization;

namespace Aitbc.Primitives.TypedData;

/// <summary>Signed messages of EIP-191, version 0x45 ("personal_sign").</summary>
public static class Eip191
{
    private static readonly byte[] Prefix = [0x19, .. "Ethereum Signed Message:\n"u8];

    /// <summary>keccak256(0x19 ‖ "Ethereum Signed Message:\n" ‖ decimal length in bytes ‖ message).</summary>
    public static Hash256 HashMessage(ReadOnlySpan<byte> message)
    {
        var length = message.Length.ToString(CultureInfo.InvariantCulture);
        return Keccak256.Hash([.. Prefix, .. System.Text.Encoding.ASCII.GetBytes(length), .. message]);
    }

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    public static Hash256 HashMessage(string message) => HashMessage(System.Text.Encoding.UTF8.GetBytes(message));
}
