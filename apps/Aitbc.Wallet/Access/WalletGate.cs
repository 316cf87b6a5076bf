using System.Globalization;
using Aitbc.Wallet.Backups;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Access;

/// <summary>
/// What every request passes: the Host header names this machine's loopback (a page on another name that resolves to
/// it does not get in), no page sent it, the bearer token is the owner's or that of a budget, and whatever goes wrong
/// is answered as a problem.
/// </summary>
internal sealed class WalletGate(
    AccessToken token,
    TokenGuard guard,
    OriginRule origins,
    RestoredMark restored,
    BudgetCache budgets,
    WalletOptions options,
    ILogger<WalletGate> log)
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

        if (await origins.AnswersAsync(http))
            return;
        if (http.Request.Path == "/health")
        {
            await AnswerFailuresAsync(http, next);
            return;
        }

        await AnswerFailuresAsync(http, async passed =>
        {
            if (await PassAsync(passed) is { } refusal)
                await passed.RefuseAsync(refusal);
            else
                await next(passed);
        });
    }

    private async Task<Refusal?> PassAsync(HttpContext http)
    {
        var hash = BearerToken.HashOf(http.Request.Headers.Authorization);
        var (caller, wait) = hash is null
            ? (null, TimeSpan.Zero)
            : await guard.IdentifyAsync(
                http.Connection.RemoteIpAddress, hash, () => IdentifyAsync(hash, http), http.RequestAborted);
        if (wait > TimeSpan.Zero)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Refusal.TooManyTokens(wait);
        }

        if (caller is null)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return Refusal.Unauthorized;
        }

        http.Features.Set(caller);
        return restored.Refuse(caller, http.Request);
    }

    private async Task<Caller?> IdentifyAsync(byte[] hash, HttpContext http)
    {
        if (token.Is(hash))
            return Caller.Owner;
        // The index is over hashes: how long the look-up takes says nothing about a token.
        return await budgets.ByTokenAsync(hash, http.RequestAborted) is { } budget ? new Caller(budget) : null;
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
