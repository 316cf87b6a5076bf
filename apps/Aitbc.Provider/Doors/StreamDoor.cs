using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>
/// Answers after their request: read again, paid on, ended (specs/provider/streams.md). Whoever knows the id may.
/// </summary>
internal static class StreamDoor
{
    private const int MostBodyBytes = 4096;
    private const string NotFound = "answer_not_found";
    private const string NotEnded = "answer_not_endable";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/streams/{id}", ReadAsync);
        routes.MapDelete("/v1/streams/{id}", Stop);
        routes.MapPost("/v1/streams/{id}/voucher", RaiseAsync);
        routes.MapGet("/v1/receipts/{id}", Receipt);
    }

    private static async Task<IResult> ReadAsync(string id, HttpContext http, AnswerStore store)
    {
        var answer = Find(store, id);
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        var from = 0;
        if (last.Length > 0)
        {
            if (!int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number >= answer.Count)
                throw Refusals.Of(ProblemCodes.InvalidRequest, 400, "Last-Event-ID is no event of this answer.");
            from = number + 1;
        }

        AnswerHead head;
        try
        {
            head = await answer.Head.WaitAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is SaleRefusedException or PaymentRefusedException)
        {
            throw Refusals.Of(NotFound, 404, "The answer was refused.");
        }

        await AnswerWriter.WriteAsync(http, answer, head, from);
        return Results.Empty;
    }

    private static IResult Stop(string id, AnswerStore store, SalesDesk desk)
    {
        _ = Find(store, id);
        if (desk.Run(id) is { } run && !run.Stop())
            throw Refusals.Of(
                NotEnded, 409, "A run of a program cannot be ended.", next: "Wait for its end: its limits bound it.");
        return Results.NoContent();
    }

    private static async Task<IResult> RaiseAsync(string id, HttpContext http, AnswerStore store, SalesDesk desk)
    {
        _ = Find(store, id);
        var body = await BodyAsync(http);
        if (desk.Run(id) is not { } run)
            throw Refusals.Of(VoucherRefusedException.Ended, 409, "The answer has ended.");
        try
        {
            var note = await run.RaiseAsync(body.Max, body.Signature, body.Tokens, body.Event);
            return Results.Json(
                new VoucherAnswer(note.Tokens, note.Charge, note.Covered, note.Cap), DoorJson.Default.VoucherAnswer);
        }
        catch (VoucherRefusedException refused)
        {
            throw Refusals.Of(refused.Code, Status(refused.Code), refused.Message);
        }
    }

    private static IResult Receipt(string id, AnswerStore store) => store.Receipt(id) is { } receipt
        ? Results.Bytes(receipt, "application/json")
        : throw Refusals.Of(NotFound, 404, "There is no receipt of such an answer, or not yet.", retryable: true);

    private static LiveAnswer Find(AnswerStore store, string id) =>
        store.Find(id) ?? throw Refusals.Of(NotFound, 404, "There is no such answer, or it is no longer kept.");

    private static int Status(string code) => code switch
    {
        VoucherRefusedException.NotFunded => StatusCodes.Status402PaymentRequired,
        VoucherRefusedException.Invalid => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status409Conflict,
    };

    private static async Task<(UInt256 Max, byte[] Signature, ulong? Tokens, int? Event)> BodyAsync(HttpContext http)
    {
        var bytes = new byte[MostBodyBytes];
        var length = await http.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, false, http.RequestAborted);
        try
        {
            var body = length < bytes.Length
                ? JsonSerializer.Deserialize(bytes.AsSpan(0, length), DoorJson.Default.VoucherRequest) : null;
            if (body is not null && UInt256.TryParse(body.MaxClaimableAmount, out var max)
                && Hex.TryParse(body.Signature, out var signature))
                return (max, signature, body.Tokens, body.Event);
        }
        catch (JsonException)
        {
            // Answered below.
        }

        throw Refusals.Of(
            ProblemCodes.InvalidRequest, 400, "The body must be {maxClaimableAmount, signature, tokens?, event?}.");
    }
}
