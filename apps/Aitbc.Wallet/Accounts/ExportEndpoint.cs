using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives.Keys;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.Accounts;

/// <summary>
/// /v1/accounts/export: one key as a Web3 Secret Storage file. Owner's token, wallet password and a typed confirmation
/// are needed together; the key itself is never answered.
/// </summary>
internal sealed class ExportEndpoint(AccountSigner signer, PasswordDoor door, WalletBody bodies)
{
    private const int ShortestPassword = 8;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/accounts/export", Caller.OwnerOnly(AnswerAsync));

    private async Task AnswerAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, WalletJson.Default.ExportRequest);
        var exported = body.Value is { } request
            ? await ExportAsync(request, http.RequestAborted)
            : body.Refusal!;
        if (exported.Value is { } value)
            await http.AnswerAsync(200, value, WalletJson.Default.ExportedKey);
        else
            await http.RefuseAsync(exported.Refusal!);
    }

    private async Task<Verdict<ExportedKey>> ExportAsync(ExportRequest request, CancellationToken cancel)
    {
        if (request.Confirm != $"export {request.Address}")
            return Refusal.InvalidRequest($"confirm is the text 'export {request.Address}'.");
        if (Encoding.UTF8.GetByteCount(request.KeystorePassword) < ShortestPassword)
            return Refusal.InvalidRequest($"The file's password has at least {ShortestPassword} bytes.");
        if (door.Check(request.WalletPassword) is { } refusal)
            return refusal;
        return await signer.WithKeyAsync<ExportedKey>(
            request.Address,
            key => new ExportedKey(Encoding.UTF8.GetString(KeystoreV3.Encrypt(
                key,
                request.KeystorePassword,
                RandomNumberGenerator.GetBytes(32),
                RandomNumberGenerator.GetBytes(16),
                Guid.NewGuid()))),
            cancel);
    }
}
