using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Backups;

/// <summary>/v1/restored: whether budgets wait after a restore, and the owner's word that they may go on.</summary>
internal sealed class RestoredEndpoints(RestoredMark mark, PasswordDoor door, WalletBody bodies)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/restored", Caller.OwnerOnly(http =>
        {
            var state = mark.Read();
            return http.AnswerAsync(
                200,
                new RestoredInfo(state is not null, state?.MadeAt, state?.RestoredAt),
                WalletJson.Default.RestoredInfo);
        }));
        routes.MapPost("/v1/restored/resume", Caller.OwnerOnly(async http =>
        {
            var body = await bodies.ReadAsync(http, WalletJson.Default.ResumeRequest);
            if ((body.Value is { } request ? door.Check(request.Password) : body.Refusal) is { } refusal)
            {
                await http.RefuseAsync(refusal);
                return;
            }

            mark.Remove();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }));
    }
}
