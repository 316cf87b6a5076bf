using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Access;

/// <summary>
/// What every request passes: the Host header names this machine's loopback (a page on another name that resolves to
/// it does not get in), the bearer token is the owner's or that of a budget, and whatever goes wrong is answered as a
/// problem.
/// </summary>
internal sealed class WalletGate(
    AccessToken token, IDbContextFactory<WalletDbContext> databases, WalletOptions options, ILogger<WalletGate> log)
{
    private readonly HashSet<string> hosts = new(options.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!hosts.Contains(http.Request.Host.Host))
        {
            await http.RefuseAsync(Refusal.ForbiddenHost);
            return;
        }

        if (http.Request.Path != "/health")
        {
            if (await IdentifyAsync(http) is not { } caller)
            {
                http.Response.Headers.WWWAuthenticate = "Bearer";
                await http.RefuseAsync(Refusal.Unauthorized);
                return;
            }

            http.Features.Set(caller);
        }

        await AnswerFailuresAsync(http, next);
    }

    private async Task<Caller?> IdentifyAsync(HttpContext http)
    {
        if (BearerToken.HashOf(http.Request.Headers.Authorization) is not { } hash)
            return null;
        if (token.Is(hash))
            return Caller.Owner;
        // The index is over hashes: how long the look-up takes says nothing about a token.
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        return await BudgetReader.ByTokenAsync(db, hash, http.RequestAborted) is { } budget ? new Caller(budget) : null;
    }

    private async Task AnswerFailuresAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the caller is gone
        }
        catch (Exception e) when (!http.Response.HasStarted
            && e is WalletLockedException or ObjectDisposedException { ObjectName: "NSec.Cryptography.SharedSecret" })
        {
            await http.RefuseAsync(Refusal.Locked);
            return;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            // The edge: the type and place are logged, the message is not, for it may repeat what was sent.
            log.LogError("{Method} {Path} failed with {Type} at {Place}",
                http.Request.Method, http.Request.Path.Value, e.GetType().Name, e.StackTrace);
            await http.RefuseAsync(Refusal.Internal);
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            await http.RefuseAsync(Refusal.OfStatus(http.Response.StatusCode));
    }
}
