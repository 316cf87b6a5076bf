using System.Security.Cryptography;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>Ids of filters and subscriptions: 127 random bits that nobody guesses, written as a quantity.</summary>
internal static class RandomId
{
    public static string Next()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        // The execution API says quantity, and a quantity has no leading zero.
        bytes[0] |= 0x80;
        return "0x" + Convert.ToHexStringLower(bytes);
    }
}
