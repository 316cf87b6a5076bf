using System.Net;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Node.Rpc.Doors;

/// <summary>
/// Which names the node answers to and which web pages may call it. A foreign name in Host is how a page reaches a
/// loopback service by DNS rebinding; a foreign Origin is a page the operator did not allow.
/// </summary>
internal sealed class CallerCheck(NodeOptions options)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (!IsAllowed(http.Request.Host.Host, options.AllowedHosts))
        {
            await RefuseAsync(http, "The Host header names no host of this node; see allowedHosts.")
                .ConfigureAwait(false);
            return;
        }

        if (http.Request.Headers.Origin.ToString() is { Length: > 0 } origin)
        {
            if (!IsAllowedOrigin(origin))
            {
                await RefuseAsync(http, "Pages of this origin may not call this node; see allowedOrigins.")
                    .ConfigureAwait(false);
                return;
            }

            http.Response.Headers.AccessControlAllowOrigin = origin;
            http.Response.Headers.Vary = "Origin";
            http.Response.Headers.AccessControlAllowHeaders = "content-type";
            http.Response.Headers.AccessControlAllowMethods = "POST, OPTIONS";
        }

        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await next(http).ConfigureAwait(false);
    }

    private bool IsAllowedOrigin(string origin) => options.AllowedOrigins.Contains("*")
        || options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopback(uri.Host));

    private static bool IsAllowed(string host, IReadOnlyList<string> names) => IsLoopback(host)
        || names.Contains("*") || names.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext http, string why)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return http.Response.WriteAsync(why + "\n", http.RequestAborted);
    }
}
