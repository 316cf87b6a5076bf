using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.X402;

/// <summary>Members of payments; what is not of the form throws what <see cref="IsOfForm"/> knows.</summary>
internal static class PaymentJson
{
    private const int LongestNumber = 78; // digits of 2^256

    /// <summary>Whether an exception says that JSON is of another form.</summary>
    public static bool IsOfForm(Exception e) =>
        e is FormatException or KeyNotFoundException or InvalidOperationException or OverflowException;

    public static ChannelConfig Config(JsonElement c) => new(
        Account(c, "payer"), Account(c, "payerAuthorizer"), Account(c, "receiver"),
        Account(c, "receiverAuthorizer"), c.GetProperty("withdrawDelay").GetUInt64(), Word(c, "salt"))
    {
        Token = Account(c, "token"),
    };

    public static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException();

    public static Address Account(JsonElement element, string name) => Address.Parse(Text(element, name));

    public static Hash256 Word(JsonElement element, string name) =>
        Hash256.TryParse(Text(element, name), out var word) ? word : throw new FormatException();

    /// <summary>A signature of 65 bytes.</summary>
    public static byte[] Bytes(JsonElement element, string name) =>
        Hex.TryParse(Text(element, name), out var bytes) && bytes.Length == 65 ? bytes : throw new FormatException();

    public static UInt256 Number(JsonElement element, string name) =>
        Text(element, name) is { Length: > 0 and <= LongestNumber } text && text.All(char.IsAsciiDigit)
            && UInt256.TryParse(text, out var number) ? number : throw new FormatException();

    /// <summary>An amount of a channel.</summary>
    public static UInt256 Small(JsonElement element, string name) =>
        Number(element, name) is var number && number <= PaymentReader.MostOfChannel
            ? number : throw new FormatException();

    public static ulong Seconds(JsonElement element, string name) =>
        Number(element, name) is { IsUInt64: true } number ? (ulong)number : throw new FormatException();
}
