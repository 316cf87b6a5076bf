using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Budgets;

/// <summary>/v1/budgets and /v1/approvals.</summary>
internal static class BudgetEndpoints
{
    public static void MapBudgets(
        this IEndpointRouteBuilder routes, BudgetStore store, SpendLedger ledger, WalletBody bodies)
    {
        routes.MapPost("/v1/budgets", (RequestDelegate)(http => CreateAsync(http, store, bodies)));
        routes.MapGet("/v1/budgets", (RequestDelegate)(async http => await http.AnswerAsync(
            200, await store.ListAsync(Caller.Of(http), http.RequestAborted), WalletJson.Default.BudgetList)));
        routes.MapGet("/v1/budgets/{id}", (RequestDelegate)(async http => await AnswerAsync(
            http,
            await store.ShowAsync(Caller.Of(http), Id(http), http.RequestAborted),
            WalletJson.Default.BudgetInfo)));
        routes.MapPost("/v1/budgets/{id}/top-up", (RequestDelegate)(http => TopUpAsync(http, store, bodies)));
        routes.MapPost("/v1/budgets/{id}/revoke", (RequestDelegate)(http => RevokeAsync(http, store)));
        routes.MapGet("/v1/budgets/{id}/exposure", (RequestDelegate)(async http => await AnswerAsync(
            http,
            await store.ExposureAsync(Caller.Of(http), Id(http), http.RequestAborted),
            WalletJson.Default.BudgetExposure)));
        routes.MapPost(
            "/v1/budgets/{id}/simulate", (RequestDelegate)(http => SimulateAsync(http, store, ledger, bodies)));
        routes.MapGet("/v1/budgets/{id}/spends", (RequestDelegate)(http => LogAsync(http, store)));
        routes.MapGet("/v1/approvals", Caller.OwnerOnly(async http => await http.AnswerAsync(
            200, await store.WaitingAsync(http.RequestAborted), WalletJson.Default.SpendLog)));
        routes.MapPost("/v1/approvals/{id:long}/approve", Caller.OwnerOnly(http => DecideAsync(http, ledger, true)));
        routes.MapPost("/v1/approvals/{id:long}/refuse", Caller.OwnerOnly(http => DecideAsync(http, ledger, false)));
    }

    private static async Task CreateAsync(HttpContext http, BudgetStore store, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.CreateBudgetRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        await AnswerAsync(
            http,
            await store.CreateAsync(Caller.Of(http), request, http.RequestAborted),
            WalletJson.Default.CreatedBudget,
            StatusCodes.Status201Created);
    }

    private static async Task TopUpAsync(HttpContext http, BudgetStore store, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.TopUpRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        await AnswerAsync(
            http,
            await store.TopUpAsync(Caller.Of(http), Id(http), request.Amount, http.RequestAborted),
            WalletJson.Default.BudgetInfo);
    }

    private static async Task SimulateAsync(
        HttpContext http, BudgetStore store, SpendLedger ledger, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.SimulateRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        await AnswerAsync(
            http,
            await store.SimulateAsync(Caller.Of(http), Id(http), request, ledger, http.RequestAborted),
            WalletJson.Default.SimulatedSpend);
    }

    private static async Task RevokeAsync(HttpContext http, BudgetStore store)
    {
        var revoked = await store.RevokeAsync(Caller.Of(http), Id(http), http.RequestAborted);
        if (revoked.Refusal is { } refusal)
            await http.RefuseAsync(refusal);
        else
            await AnswerAsync(
                http,
                await store.ExposureAsync(Caller.Of(http), Id(http), http.RequestAborted),
                WalletJson.Default.BudgetExposure);
    }

    private static async Task LogAsync(HttpContext http, BudgetStore store)
    {
        var after = Number(http, "after", 0);
        var most = Number(http, "limit", 100);
        if (after is null || most is null)
        {
            await http.RefuseAsync(Refusal.InvalidRequest("after and limit are whole numbers."));
            return;
        }

        var log = await store.LogAsync(
            Caller.Of(http), Id(http), after.Value, (int)Math.Min(most.Value, int.MaxValue), http.RequestAborted);
        await AnswerAsync(http, log, WalletJson.Default.SpendLog);
    }

    private static async Task DecideAsync(HttpContext http, SpendLedger ledger, bool approve)
    {
        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        var verdict = await ledger.DecideAsync(id, approve, http.RequestAborted);
        if (verdict.Refusal is { } refusal)
            await http.RefuseAsync(refusal);
        else
            http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task AnswerAsync<T>(HttpContext http, Verdict<T> verdict, JsonTypeInfo<T> type, int status = 200)
        where T : class => verdict.Value is { } value
            ? http.AnswerAsync(status, value, type)
            : http.RefuseAsync(verdict.Refusal!);

    private static string Id(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static long? Number(HttpContext http, string name, long otherwise) =>
        http.Request.Query[name].ToString() is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null
            : otherwise;
}
