using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>Where the owner pauses and resumes: who signs as the provider's account is the owner.</summary>
internal static class OwnerDoor
{
    private const int MostBodyBytes = 4096;
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(60);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/owner/mode", OrderAsync);

    /// <summary>What is signed (EIP-191).</summary>
    public static string Message(Address provider, bool paused, string? notice, long atMs) =>
        $"AITBC provider {provider}: {(paused ? "pause" : "resume")} at {atMs}: {notice}";

    private static async Task<IResult> OrderAsync(
        HttpContext http, ProviderSelf self, OwnerMode mode, TimeProvider time)
    {
        var order = await ReadAsync(http)
            ?? throw Refusals.Of(
                ProblemCodes.InvalidRequest, 400, "The body must be {paused, notice?, atMs, signature}.");
        var me = self.Identity?.Address
            ?? throw Refusals.Of(
                ProviderCodes.Starting, 503, "The provider does not know its account yet.", retryable: true);
        if (order.Notice is { } notice && (notice.Length > OwnerMode.LongestNotice || notice.Any(char.IsControl)))
            throw Refusals.Of(
                ProblemCodes.InvalidRequest, 400, $"A notice is one line of {OwnerMode.LongestNotice} characters.");
        if (!IsSignedBy(me, order))
            throw Refusals.Of(
                ProblemCodes.Unauthorized, 401, "Only the provider's own account may order this.",
                next: "'aitbc provider pause' signs with the wallet that holds the account.");
        var skew = time.GetUtcNow().ToUnixTimeMilliseconds() - (double)order.AtMs;
        if (Math.Abs(skew) > MostSkew.TotalMilliseconds
            || !mode.TryTake(new OwnerOrder(order.Paused, order.Notice, order.AtMs)))
            throw Refusals.Of(
                ProblemCodes.Conflict, 409, "The order is not of this minute, or one as late was taken before.",
                next: "Check the clock and order again.");
        return Results.Json(
            new OwnerAnswer(order.Paused, order.Notice, order.AtMs), DoorJson.Default.OwnerAnswer);
    }

    private static bool IsSignedBy(Address me, OwnerRequest order) =>
        Hex.TryParse(order.Signature, out var bytes) && Signature.TryParse65(bytes, out var signature)
        && Secp256k1.TryRecover(
            Eip191.HashMessage(Encoding.UTF8.GetBytes(Message(me, order.Paused, order.Notice, order.AtMs))),
            signature, out var signer)
        && signer == me;

    private static async Task<OwnerRequest?> ReadAsync(HttpContext http)
    {
        var body = new byte[MostBodyBytes];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, false, http.RequestAborted);
        try
        {
            return length < body.Length
                ? JsonSerializer.Deserialize(body.AsSpan(0, length), DoorJson.Default.OwnerRequest) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
