using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Keys;

/// <summary>/v1/lock and /v1/unlock.</summary>
internal static class LockEndpoints
{
    public static void MapLock(
        this IEndpointRouteBuilder routes, Vault vault, PasswordDoor door, WalletBody bodies)
    {
        routes.MapPost("/v1/lock", Caller.OwnerOnly(http =>
        {
            vault.Lock();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
        routes.MapPost("/v1/unlock", Caller.OwnerOnly(async http =>
        {
            var body = await bodies.ReadAsync(http, WalletJson.Default.UnlockRequest);
            if ((body.Value is { } request ? door.Unlock(request.Password) : body.Refusal) is { } refusal)
                await http.RefuseAsync(refusal);
            else
                http.Response.StatusCode = StatusCodes.Status204NoContent;
        }));
    }
}
