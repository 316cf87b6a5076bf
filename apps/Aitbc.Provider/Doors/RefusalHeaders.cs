using System.Globalization;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors;

/// <summary>Status and headers of a refusal, the same at every door.</summary>
internal static class RefusalHeaders
{
    public static void Write(HttpContext http, SaleRefusedException refused)
    {
        http.Response.StatusCode = refused.Status;
        if (refused.RetryAfter is { } after)
            http.Response.Headers.RetryAfter =
                Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (refused.Required is { } required)
        {
            http.Response.Headers[X402Headers.Required] = required;
            http.Response.Headers.CacheControl = "no-store";
        }

        if (refused.Response is { } response)
            http.Response.Headers[X402Headers.Response] = response;
    }
}
