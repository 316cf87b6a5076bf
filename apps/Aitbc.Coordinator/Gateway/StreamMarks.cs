using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Gateway;

/// <summary>What passed of a stream: its last event, and what its provider counted last.</summary>
/// <param name="response">The value of PAYMENT-RESPONSE.</param>
internal sealed class StreamMarks(string? response)
{
    private static readonly byte[] Id = "id: "u8.ToArray();
    private static readonly byte[] Tally = ": aitbc "u8.ToArray();

    // A transfer is paid whole before anything is given; a channel pays what is counted.
    private UInt256 paid = response is not null && X402Codec.ReadResponse(response) is { Success: true } settled
        && settled.ChargedCumulative is null ? AmountOf(response) : UInt256.Zero;

    /// <summary>The number of the last whole event; null before the first.</summary>
    public int? LastEvent { get; private set; }

    /// <summary>The most that the provider can have for what passed, in atto-AIT.</summary>
    public UInt256 Paid => paid;

    /// <summary>Takes in some whole events.</summary>
    public void Saw(ReadOnlySpan<byte> events)
    {
        if (Last(events, Id) is { IsEmpty: false } number && Utf8Parser.TryParse(number, out int id, out var used)
            && used == number.Length && id >= 0)
            LastEvent = id;
        if (Last(events, Tally) is { IsEmpty: false } tally)
            Count(tally);
    }

    private void Count(ReadOnlySpan<byte> tally)
    {
        try
        {
            var reader = new Utf8JsonReader(tally);
            using var json = JsonDocument.ParseValue(ref reader);
            if ((Amount(json.RootElement, "charged") ?? Amount(json.RootElement, "charge")) is { } charge
                && charge > paid)
                paid = charge;
        }
        catch (JsonException)
        {
            // A comment that only looks like a tally.
        }
    }

    /// <summary>What follows a mark in the last line that begins with it.</summary>
    private static ReadOnlySpan<byte> Last(ReadOnlySpan<byte> events, ReadOnlySpan<byte> mark)
    {
        while (events.LastIndexOf(mark) is var at && at >= 0)
        {
            if (at == 0 || events[at - 1] == (byte)'\n')
            {
                var line = events[(at + mark.Length)..];
                var end = line.IndexOf((byte)'\n');
                return end < 0 ? line : line[..end];
            }

            events = events[..at];
        }

        return default;
    }

    private static UInt256? Amount(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= 78 } text
            && UInt256.TryParse(text, out var amount) ? amount : null;

    private static UInt256 AmountOf(string response)
    {
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(response)));
            return Amount(json.RootElement, "amount") ?? UInt256.Zero;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return UInt256.Zero;
        }
    }
}
