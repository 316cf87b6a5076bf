using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Sdk.Json;

namespace Aitbc.Provider.Earnings;

/// <summary>One thing that was sold, or a part of it: lines add up (specs/provider/earnings.md).</summary>
/// <param name="Id">What tells it from all others, so that it is written once.</param>
/// <param name="AtMs">When, Unix time in milliseconds; its day in UTC is the day that earned it.</param>
/// <param name="Way">How it was paid: one of <see cref="EarningWays"/>.</param>
/// <param name="Model">The model, or the engine where there is none.</param>
/// <param name="Client">Who paid.</param>
/// <param name="Answers">1, or 0 for a payment whose answer is written apart.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="OutputTokens">Tokens of the output.</param>
/// <param name="Charged">In atto-AIT.</param>
internal sealed record EarningLine(
    Hash256 Id, long AtMs, string Way, string Model, Address Client, int Answers, ulong PromptTokens,
    ulong OutputTokens, UInt256 Charged)
{
    private const int ChecksumDigits = 16;

    /// <summary>Its day in UTC.</summary>
    [JsonIgnore]
    public DateOnly Day => DayOf(DateTimeOffset.FromUnixTimeMilliseconds(AtMs));

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>Sixteen hexadecimal digits of SHA-256 over the rest, a space, JSON, a line feed.</summary>
    public byte[] Encode()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, EarningJson.Default.EarningLine);
        return [.. Encoding.ASCII.GetBytes(Checksum(json)), (byte)' ', .. json, (byte)'\n'];
    }

    /// <summary>Null for a line that was torn or damaged.</summary>
    public static EarningLine? Decode(ReadOnlySpan<byte> line)
    {
        if (line.Length < ChecksumDigits + 2)
            return null;
        var json = line[(ChecksumDigits + 1)..];
        return Encoding.ASCII.GetString(line[..ChecksumDigits]) == Checksum(json)
            ? JsonSerializer.Deserialize(json, EarningJson.Default.EarningLine) : null;
    }

    private static string Checksum(ReadOnlySpan<byte> json) =>
        Convert.ToHexStringLower(SHA256.HashData(json))[..ChecksumDigits];
}

/// <summary>How something was paid.</summary>
internal static class EarningWays
{
    public const string Channel = "channel";
    public const string Transfer = "transfer";
    public const string Escrow = "escrow";
    public const string Reexecution = "reexecution";
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(EarningLine))]
internal sealed partial class EarningJson : JsonSerializerContext;
