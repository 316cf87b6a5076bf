using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;
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
    private const int LongestRawTransaction = 128 * 1024;

    public static void MapSigning(this IEndpointRouteBuilder routes, AccountSigner signer, WalletBody bodies)
    {
        routes.MapPost("/v1/sign/transaction", (RequestDelegate)(http => TransactionAsync(http, signer, bodies)));
        routes.MapPost("/v1/sign/message", (RequestDelegate)(http => MessageAsync(http, signer, bodies)));
        routes.MapPost("/v1/sign/typed-data", (RequestDelegate)(http => TypedDataAsync(http, signer, bodies)));
    }

    private static async Task TransactionAsync(HttpContext http, AccountSigner signer, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.SignTransactionRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        var reading = TransactionReader.Read(request.Transaction);
        if (reading.Value is not { } transaction)
        {
            await http.RefuseAsync(reading.Refusal!);
            return;
        }

        var verdict = await signer.SignTransactionAsync(request.From, transaction, http.RequestAborted);
        if (verdict.Value is not { } signed)
        {
            await http.RefuseAsync(verdict.Refusal!);
            return;
        }

        var raw = signed.Encode();
        if (raw.Length > LongestRawTransaction)
            await http.RefuseAsync(Refusal.TransactionTooLarge);
        else
            await http.AnswerAsync(
                200, new SignedTransaction(raw.ToArray(), signed.Hash), WalletJson.Default.SignedTransaction);
    }

    private static async Task MessageAsync(HttpContext http, AccountSigner signer, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.SignMessageRequest);
        if (body.Value is not { } request)
            await http.RefuseAsync(body.Refusal!);
        else if ((request.Message is null) == (request.Text is null))
            await http.RefuseAsync(Refusal.InvalidRequest("Send either message (hex) or text."));
        else
        {
            var message = request.Message ?? Encoding.UTF8.GetBytes(request.Text!);
            await SignAsync(http, signer, request.From, Eip191.HashMessage(message));
        }
    }

    private static async Task TypedDataAsync(HttpContext http, AccountSigner signer, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.SignTypedDataRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        Hash256 digest;
        try
        {
            digest = Eip712.HashTypedData(request.TypedData);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException
            or KeyNotFoundException or OverflowException or JsonException)
        {
            await http.RefuseAsync(Refusal.InvalidRequest($"typedData is not valid EIP-712 data: {e.Message}"));
            return;
        }

        await SignAsync(http, signer, request.From, digest);
    }

    private static async Task SignAsync(HttpContext http, AccountSigner signer, Address from, Hash256 digest)
    {
        var verdict = await signer.SignDigestAsync(from, digest, http.RequestAborted);
        if (verdict.Value is { } signature)
            await http.AnswerAsync(200, new SignatureAnswer(signature.Bytes), WalletJson.Default.SignatureAnswer);
        else
            await http.RefuseAsync(verdict.Refusal!);
    }
}
