using System.Security.Cryptography;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Aitbc.Coordinator;

/// <summary>
/// A page that shows the API's document and tries it out in a browser. Everything that it loads comes from here: what a
/// developer types into it, a token included, goes to this coordinator alone.
/// </summary>
internal static class ApiPage
{
    public static void MapApiPage(this IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference("/scalar", (page, http) =>
        {
            var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            page.WithTitle("AITBC coordinator")
                .WithOpenApiRoutePattern("/openapi/{documentName}.json")
                .WithNonce(nonce)
                .DisableDefaultFonts()
                .DisableTelemetry()
                .DisableAgent()
                .DisableMcp()
                .HideDeveloperTools()
                .HideClientButton();
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
                + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                + "form-action 'none'; frame-ancestors 'none'";
        });
}
