using System.Text.Json.Nodes;
using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Outbound;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Gateway;

/// <summary>The door for clients of OpenAI's API, in front of all providers (specs/market/gateway.md).</summary>
internal static class GatewayEndpoints
{
    /// <summary>What the doors of providers take.</summary>
    private const int MostBodyBytes = 24 * 1024 * 1024;
    private const string AnswerRoute = "/v1/streams/{id:length(32)}";

    public static void MapGateway(this IEndpointRouteBuilder routes)
    {
        // OpenAI's own description of its API holds here; this coordinator's describes the market.
        var group = routes.MapGroup("").AddEndpointFilter<GatewayErrors>().ExcludeFromDescription()
            .WithMetadata(new RequestSizeLimitAttribute(MostBodyBytes));
        var lists = group.MapGroup("").WithRateLimit();
        lists.MapGet("/v1/models", Models);
        lists.MapGet("/v1/models/{**id}", Model);
        foreach (var paid in (string[])["/v1/chat/completions", "/v1/embeddings"])
        {
            group.MapPost(paid, SellAsync);
            group.MapGet(paid, RefundAsync);
        }

        group.MapGet(AnswerRoute, ByAnswerAsync);
        group.MapDelete(AnswerRoute, ByAnswerAsync);
        group.MapPost(AnswerRoute + "/voucher", ByAnswerAsync);
        group.MapGet("/v1/receipts/{id:length(32)}", ByAnswerAsync);
    }

    private static IResult Models(GatewayCatalog catalog) => Json(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. catalog.Models.OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => (JsonNode)Describe(m.Key, m.Value))]),
    });

    private static IResult Model(string id, GatewayCatalog catalog) => catalog.Find(id) is { Count: > 0 } sellers
        ? Json(Describe(sellers[0].Model, sellers))
        : throw Refusal.Of(
            404, "model_not_found", $"Nobody sells the model '{id}' here.", "GET /v1/models lists what is sold.");

    private static async Task SellAsync(HttpContext http, GatewayDesk desk, GatewayEntry entry)
    {
        using var slot = await entry.EnterAsync(http);
        var body = await BodyAsync(http, MostBodyBytes);
        await desk.SellAsync(http, GatewayAsk.Read(http, body));
    }

    /// <summary>Asks one provider for what is left in a channel (specs/provider/payments.md, Refunds).</summary>
    private static async Task RefundAsync(HttpContext http, GatewayForward forward, GatewayEntry entry)
    {
        using var slot = await entry.EnterAsync(http);
        var payment = http.Request.Headers[Sdk.X402.X402Headers.Signature].ToString();
        var provider = (payment.Length > 0 ? PaymentPeek.Payee(payment) : null) ?? Named(http)
            ?? throw Refusal.Invalid(
                "A refund is asked of one provider.", $"Name it with the header {GatewayAsk.ProviderHeader}.");
        await forward.ForwardAsync(http, provider, default);
    }

    private static async Task ByAnswerAsync(
        string id, HttpContext http, GatewayForward forward, AnswerPlaces places, GatewayEntry entry)
    {
        using var slot = await entry.EnterAsync(http);
        var provider = (AnswerRelay.IsAnswer(id) ? Named(http) ?? places.Find(id) : null) ?? throw Refusal.Of(
            404, "answer_not_found", "This coordinator knows no such answer.",
            $"Name the provider that has it with the header {GatewayAsk.ProviderHeader}.");
        await forward.ForwardAsync(http, provider, await BodyAsync(http, GatewayForward.MostBodyBytes));
    }

    private static Address? Named(HttpContext http) =>
        http.Request.Headers[GatewayAsk.ProviderHeader].ToString() is { Length: > 0 } named
            ? GatewayAsk.Account(named, GatewayAsk.ProviderHeader) : null;

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext http, int most)
    {
        try
        {
            return await BoundedBody.ReadAsync(http.Request.Body, most, http.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw Refusal.Of(413, ProblemCodes.BodyTooLarge, $"The body may have {most} bytes.");
        }
    }

    private static JsonObject Describe(string name, IReadOnlyList<Seller> sellers) => new()
    {
        ["id"] = name,
        ["object"] = "model",
        ["created"] = 0,
        ["owned_by"] = "aitbc",
        ["aitbc"] = new JsonObject
        {
            ["providers"] = sellers.Count,
            ["prompt_price"] = sellers.Min(s => s.PromptPrice).ToString(),
            ["output_price"] = sellers.Min(s => s.OutputPrice).ToString(),
            ["warm"] = sellers.Any(s => s.IsWarm),
        },
    };

    private static IResult Json(JsonObject json) => Results.Content(json.ToJsonString(), "application/json");
}
