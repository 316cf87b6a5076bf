using System.Text;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Signing;

/// <summary>/v1/sign: transactions (EIP-155, 2930, 1559), messages (EIP-191) and typed data (EIP-712).</summary>
internal static class SigningEndpoints
{
    public static void MapSigning(this IEndpointRouteBuilder routes, SigningDesk desk, WalletBody bodies)
    {
        routes.MapPost("/v1/sign/transaction", (RequestDelegate)(async http => await SignAsync(
            http, desk, TransactionTask(await bodies.ReadAsync(http, WalletJson.Default.SignTransactionRequest)))));
        routes.MapPost("/v1/sign/message", (RequestDelegate)(async http => await SignAsync(
            http, desk, MessageTask(await bodies.ReadAsync(http, WalletJson.Default.SignMessageRequest)))));
        routes.MapPost("/v1/sign/typed-data", (RequestDelegate)(async http => await SignAsync(
            http, desk, TypedDataTask(await bodies.ReadAsync(http, WalletJson.Default.SignTypedDataRequest)))));
    }

    private static Verdict<SigningTask> TransactionTask(Verdict<SignTransactionRequest> body)
    {
        if (body.Value is not { } request)
            return body.Refusal!;
        var reading = TransactionReader.Read(request.Transaction);
        return reading.Value is { } transaction
            ? SigningTasks.Transaction(request.From, transaction, request.Purpose)
            : reading.Refusal!;
    }

    private static Verdict<SigningTask> MessageTask(Verdict<SignMessageRequest> body)
    {
        if (body.Value is not { } request)
            return body.Refusal!;
        return (request.Message is null) == (request.Text is null)
            ? Refusal.InvalidRequest("Send either message (hex) or text.")
            : SigningTasks.Message(request.From, request.Message ?? Encoding.UTF8.GetBytes(request.Text!));
    }

    private static Verdict<SigningTask> TypedDataTask(Verdict<SignTypedDataRequest> body) => body.Value is { } request
        ? SigningTasks.TypedData(request.From, request.TypedData, request.Purpose)
        : body.Refusal!;

    private static async Task SignAsync(HttpContext http, SigningDesk desk, Verdict<SigningTask> task)
    {
        if (task.Value is not { } asked)
        {
            await http.RefuseAsync(task.Refusal!);
            return;
        }

        var key = http.Request.Headers["Idempotency-Key"].ToString();
        var verdict = await desk.SignAsync(
            Caller.Of(http), asked, key.Length == 0 ? null : key, http.RequestAborted);
        if (verdict.Value is { } answer)
            await http.AnswerAsync(200, answer.Json);
        else
            await http.RefuseAsync(verdict.Refusal!);
    }
}
