using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>
/// One tool. None of them declares an output schema: clients would check refusals and offers of payment against it.
/// </summary>
internal interface IMcpTool
{
    string Name { get; }

    /// <summary>Its entry in the list of tools.</summary>
    JsonObject Describe();

    /// <summary>The result of the call. Throws <see cref="Selling.SaleRefusedException"/>.</summary>
    Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel);
}

/// <summary>A call of a tool.</summary>
/// <param name="Arguments">An object.</param>
/// <param name="Payment">The payment of x402 as it came; null = none.</param>
internal sealed record ToolCallRequest(JsonElement Arguments, JsonElement? Payment)
{
    /// <summary>The payment in the form of the header PAYMENT-SIGNATURE; empty = none.</summary>
    public string Header => Payment is { } payment
        ? Convert.ToBase64String(JsonMarshal.GetRawUtf8Value(payment)) : "";

    /// <summary>Whether it says to be a transfer, which moves coins before an answer is given.</summary>
    public bool IsTransfer => Payment is { ValueKind: JsonValueKind.Object } payment
        && payment.TryGetProperty("payload", out var payload) && payload.ValueKind == JsonValueKind.Object
        && payload.TryGetProperty("authorization", out _);
}
