using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Payments;

/// <summary>/v1/pay and /v1/channels.</summary>
internal sealed class PayEndpoints(PayDesk desk, PaymentResults results, ChannelStore channels, WalletBody bodies)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pay", (RequestDelegate)PayAsync);
        routes.MapPost("/v1/pay/{id:long}/result", (RequestDelegate)ResultAsync);
        routes.MapGet("/v1/channels", (RequestDelegate)(async http => await http.AnswerAsync(
            200, await channels.ListAsync(Caller.Of(http), http.RequestAborted), WalletJson.Default.ChannelList)));
        routes.MapPost("/v1/channels/{id}/close", (RequestDelegate)CloseAsync);
    }

    private async Task PayAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.PayRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        var key = http.Request.Headers["Idempotency-Key"].ToString();
        await AnswerAsync(
            http,
            await desk.PayAsync(Caller.Of(http), request, key.Length == 0 ? null : key, http.RequestAborted),
            WalletJson.Default.Payment);
    }

    private async Task ResultAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.PaymentResultRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        await AnswerAsync(
            http,
            await results.TakeAsync(Caller.Of(http), id, request, http.RequestAborted),
            WalletJson.Default.PaymentResult);
    }

    private async Task CloseAsync(HttpContext http)
    {
        var verdict = Hash256.TryParse((string)http.Request.RouteValues["id"]!, out var id)
            ? await channels.CloseAsync(Caller.Of(http), id, http.RequestAborted)
            : PayRefusals.ChannelNotFound;
        await AnswerAsync(http, verdict, WalletJson.Default.ChannelInfo);
    }

    private static Task AnswerAsync<T>(HttpContext http, Verdict<T> verdict, JsonTypeInfo<T> type)
        where T : class => verdict.Value is { } value
            ? http.AnswerAsync(200, value, type)
            : http.RefuseAsync(verdict.Refusal!);
}
