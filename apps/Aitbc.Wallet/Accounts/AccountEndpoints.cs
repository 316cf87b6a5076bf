using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Accounts;

/// <summary>/v1/accounts: list, create by label, import.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes, AccountStore store, WalletBody bodies)
    {
        routes.MapGet("/v1/accounts", (RequestDelegate)(http => ListAsync(http, store)));
        routes.MapPost("/v1/accounts", Caller.OwnerOnly(http => CreateAsync(http, store, bodies)));
        routes.MapPost("/v1/accounts/import", Caller.OwnerOnly(http => ImportAsync(http, store, bodies)));
    }

    private static async Task ListAsync(HttpContext http, AccountStore store)
    {
        // A budget sees the account it pays from and no other.
        var accounts = await store.ListAsync(http.RequestAborted);
        if (Caller.Of(http).Budget is { } budget)
            accounts = [.. accounts.Where(a => a.Address == budget.Account)];
        await http.AnswerAsync(200, new WalletAccountList(accounts), WalletJson.Default.WalletAccountList);
    }

    private static async Task CreateAsync(HttpContext http, AccountStore store, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.CreateAccountRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        if (!AccountLabel.IsValid(request.Label))
        {
            await http.RefuseAsync(Refusal.InvalidRequest(AccountLabel.Rule));
            return;
        }

        var verdict = await store.CreateAsync(request.Label, http.RequestAborted);
        if (verdict.Value is { } outcome)
            await http.AnswerAsync(
                outcome.AnyCreated ? 201 : 200, outcome.Accounts[0], WalletJson.Default.WalletAccount);
        else
            await http.RefuseAsync(verdict.Refusal!);
    }

    private static async Task ImportAsync(HttpContext http, AccountStore store, WalletBody bodies)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.ImportAccountsRequest);
        if (body.Value is not { } request)
        {
            await http.RefuseAsync(body.Refusal!);
            return;
        }

        var reading = ImportReader.Read(request);
        if (reading.Value is not { } keys)
        {
            await http.RefuseAsync(reading.Refusal!);
            return;
        }

        using (keys)
        {
            var verdict = await store.ImportAsync(keys.Items, http.RequestAborted);
            if (verdict.Value is { } outcome)
                await http.AnswerAsync(
                    outcome.AnyCreated ? 201 : 200,
                    new WalletAccountList(outcome.Accounts),
                    WalletJson.Default.WalletAccountList);
            else
                await http.RefuseAsync(verdict.Refusal!);
        }
    }
}
