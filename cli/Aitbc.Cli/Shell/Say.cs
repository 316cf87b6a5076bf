using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;

namespace Aitbc.Cli.Shell;

/// <summary>How values are written for people and for programs.</summary>
internal static class Say
{
    /// <summary>An exact amount with its unit.</summary>
    public static string Ait(UInt256 atto) => Amount.FromAtto(atto).ToString();

    public static string Ait(UInt256? atto) => atto is { } known ? Ait(known) : "-";

    /// <summary>The beginning and the end of a hash, where the whole one stands elsewhere.</summary>
    public static string Short(Hash256? hash) =>
        hash?.ToString() is { } text ? $"{text[..10]}..{text[^6..]}" : "-";

    public static string OrDash(object? value) => value?.ToString() ?? "-";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'");

    /// <summary>A JSON number only where it is exact in every reader; amounts are strings.</summary>
    public static JsonNode Json(UInt256 atto) => JsonValue.Create(atto.ToString());

    public static JsonNode? Json(Hash256? hash) => hash is { } known ? JsonValue.Create(known.ToString()) : null;

    public static JsonNode? Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type);
}
