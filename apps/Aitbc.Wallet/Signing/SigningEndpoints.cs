using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets.Reading;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Signing;

/// <summary>/v1/sign: transactions (EIP-155, 2930, 1559), messages (EIP-191) and typed data (EIP-712).</summary>
internal static class SigningEndpoints
{
    private const int LongestRawTransaction = 128 * 1024;

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
        if (reading.Value is not { } transaction)
            return reading.Refusal!;
        return new SigningTask(
            request.From,
            transaction.SigningHash(),
            () => TransactionSpend.Read(transaction, request.From),
            key => Signed(transaction.Sign(key)),
            request.Purpose);
    }

    private static Verdict<SignedAnswer> Signed(Transaction transaction)
    {
        var raw = transaction.Encode().ToArray();
        if (raw.Length > LongestRawTransaction)
            return Refusal.TransactionTooLarge;
        var answer = new SignedTransaction(raw, transaction.Hash);
        return new SignedAnswer(
            JsonSerializer.SerializeToUtf8Bytes(answer, WalletJson.Default.SignedTransaction), transaction.Hash);
    }

    private static Verdict<SigningTask> MessageTask(Verdict<SignMessageRequest> body)
    {
        if (body.Value is not { } request)
            return body.Refusal!;
        if ((request.Message is null) == (request.Text is null))
            return Refusal.InvalidRequest("Send either message (hex) or text.");
        var message = request.Message ?? Encoding.UTF8.GetBytes(request.Text!);
        var digest = Eip191.HashMessage(message);
        return new SigningTask(
            request.From, digest, () => MessageSpend.Read(message), key => Signature(key, digest), null);
    }

    private static Verdict<SigningTask> TypedDataTask(Verdict<SignTypedDataRequest> body)
    {
        if (body.Value is not { } request)
            return body.Refusal!;
        try
        {
            var digest = Eip712.HashTypedData(request.TypedData);
            return new SigningTask(
                request.From,
                digest,
                () => TypedDataSpend.Read(request.TypedData, digest),
                key => Signature(key, digest),
                request.Purpose);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException
            or KeyNotFoundException or OverflowException or JsonException)
        {
            return Refusal.InvalidRequest($"typedData is not valid EIP-712 data: {e.Message}");
        }
    }

    private static Verdict<SignedAnswer> Signature(PrivateKey key, Hash256 digest) => new SignedAnswer(
        JsonSerializer.SerializeToUtf8Bytes(
            new SignatureAnswer(key.Sign(digest).ToBytes65()), WalletJson.Default.SignatureAnswer),
        null);

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
