using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Wallet.Access;

/// <summary>
/// What browsers are answered. A page says where it comes from in Origin: none gets in but those that the owner named,
/// and these are told so as CORS wants it.
/// </summary>
internal sealed class OriginRule(WalletOptions options)
{
    private readonly HashSet<string> allowed = new(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the request is answered here: refused, or the question that comes before a request.</summary>
    public async Task<bool> AnswersAsync(HttpContext http)
    {
        if (!http.Request.Headers.TryGetValue("Origin", out var origin))
            return false;
        if (origin is not [{ } from] || !allowed.Contains(from))
        {
            await http.RefuseAsync(Refusal.ForbiddenOrigin);
            return true;
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = from;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "Retry-After";
        if (!HttpMethods.IsOptions(http.Request.Method)
            || !http.Request.Headers.ContainsKey("Access-Control-Request-Method"))
            return false;
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, Idempotency-Key";
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
