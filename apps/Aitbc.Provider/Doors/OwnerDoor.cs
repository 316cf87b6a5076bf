using Aitbc.Primitives;
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
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/owner/mode", OrderAsync);

    /// <summary>What is signed (EIP-191).</summary>
    public static string Message(Address provider, bool paused, string? notice, long atMs) =>
        $"AITBC provider {provider}: {(paused ? "pause" : "resume")} at {atMs}: {notice}";

    private static async Task<IResult> OrderAsync(
        HttpContext http, ProviderSelf self, OwnerMode mode, TimeProvider time)
    {
        var order = await OwnerProof.ReadAsync(http, DoorJson.Default.OwnerRequest)
            ?? throw Refusals.Of(
                ProblemCodes.InvalidRequest, 400, "The body must be {paused, notice?, atMs, signature}.");
        var me = OwnerProof.Account(self);
        if (order.Notice is { } notice && (notice.Length > OwnerMode.LongestNotice || notice.Any(char.IsControl)))
            throw Refusals.Of(
                ProblemCodes.InvalidRequest, 400, $"A notice is one line of {OwnerMode.LongestNotice} characters.");
        OwnerProof.Require(
            me, Message(me, order.Paused, order.Notice, order.AtMs), order.Signature,
            "'aitbc provider pause' signs with the wallet that holds the account.");
        if (!OwnerProof.IsNow(order.AtMs, time)
            || !mode.TryTake(new OwnerOrder(order.Paused, order.Notice, order.AtMs)))
            throw Refusals.Of(
                ProblemCodes.Conflict, 409, "The order is not of this minute, or one as late was taken before.",
                next: "Check the clock and order again.");
        return Results.Json(
            new OwnerAnswer(order.Paused, order.Notice, order.AtMs), DoorJson.Default.OwnerAnswer);
    }
}
