using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Providers;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator.Links;

internal static class LinkEndpoints
{
    public static void MapLinks(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/providers/link", LinkAsync)
            .WithName("ProviderLink").WithScope(AccessScope.Provider).WithTags("providers");

    private static async Task LinkAsync(
        HttpContext http, Caller caller, ProviderRegistry registry, LinkTable links, IHostApplicationLifetime lifetime)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            throw Refusal.Invalid("This endpoint speaks WebSocket.", "See specs/market/link.md.");
        if (await registry.FindAsync(caller.Account, http.RequestAborted) is null)
            throw Refusal.Of(
                403, ProblemCodes.Forbidden, "Only registered providers link.", "Register with POST /v1/providers.");
        if (links.Count >= LinkTable.Most)
            throw Refusal.Of(
                503, ProblemCodes.RateLimited, "This coordinator takes no more links.", "Try again later.", true);
        // The link has beats of its own, which also say how busy the provider is.
        using var socket = await http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        await links.RunAsync(caller.Account, socket, ending.Token);
    }
}
