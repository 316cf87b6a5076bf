using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Signing.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Accounts;

/// <summary>/v1/signers and /v1/accounts/remote: accounts whose keys are with a signer elsewhere.</summary>
internal sealed class RemoteEndpoints(RemoteSigners signers, AccountStore store, WalletBody bodies)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/signers", Caller.OwnerOnly(ListAsync));
        routes.MapPost("/v1/accounts/remote", Caller.OwnerOnly(TakeInAsync));
    }

    private async Task ListAsync(HttpContext http)
    {
        var list = await Task.WhenAll(signers.Names.Select(async name =>
        {
            var accounts = await signers.AccountsAsync(name, http.RequestAborted);
            return new RemoteSignerInfo(name, accounts.Value ?? [], accounts.Refusal?.Detail);
        }));
        await http.AnswerAsync(200, new RemoteSignerList(list), WalletJson.Default.RemoteSignerList);
    }

    private async Task TakeInAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.RemoteAccountRequest);
        var verdict = body.Value is { } request
            ? await TakeInAsync(request, http.RequestAborted)
            : body.Refusal!;
        if (verdict.Value is { } outcome)
            await http.AnswerAsync(
                outcome.AnyCreated ? 201 : 200, outcome.Accounts[0], WalletJson.Default.WalletAccount);
        else
            await http.RefuseAsync(verdict.Refusal!);
    }

    private async Task<Verdict<AccountsOutcome>> TakeInAsync(RemoteAccountRequest request, CancellationToken cancel)
    {
        if (!AccountLabel.IsValid(request.Label))
            return Refusal.InvalidRequest(AccountLabel.Rule);
        var accounts = await signers.AccountsAsync(request.Signer, cancel);
        if (accounts.Value is not { } listed)
            return accounts.Refusal!;
        return listed.Contains(request.Address)
            ? await store.TakeInAsync(request.Signer, request.Address, request.Label, cancel)
            : RemoteRefusals.NotThere(request.Signer, request.Address.ToString());
    }
}
