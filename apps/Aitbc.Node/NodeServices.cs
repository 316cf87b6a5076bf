using Aitbc.Node.Bft.Relay;
using Aitbc.Node.Bft.Running;
using Aitbc.Node.Diagnostics;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Node.Rpc;
using Aitbc.Node.Rpc.Doors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Node;

/// <summary>The node role's public face.</summary>
public static class NodeServices
{
    // A client that vanished without a word is found out after two of these.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private static readonly byte[] Healthy = "{\"status\":\"ok\",\"role\":\"node\"}"u8.ToArray();

    /// <summary>
    /// Registers the node. Its start throws <see cref="NodeStartException"/> when it refuses its data.
    /// </summary>
    public static IServiceCollection AddNode(this IServiceCollection services, NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton<Chain>();
        // Whoever carries messages between nodes is registered beside; without, a node hears of nobody.
        services.TryAddSingleton<IGossip, NoPeers>();
        services.AddSingleton<TransactionRelay>();
        services.AddSingleton<BlockMaker>();
        services.AddSingleton<BftService>();
        services.AddSingleton<IBlockProducer>(s => s.GetRequiredService<Chain>().Validators is null
            ? s.GetRequiredService<BlockMaker>()
            : s.GetRequiredService<BftService>());
        services.AddHostedService(s => (BackgroundService)s.GetRequiredService<IBlockProducer>());
        services.AddSingleton<ChainFeed>();
        services.AddSingleton<GcPauses>();
        services.AddPeers(options);
        services.AddRpc(options);
        return services;
    }

    /// <summary>Puts the node's endpoints on an application that serves nothing else.</summary>
    public static WebApplication MapNode(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var check = app.Services.GetRequiredService<CallerCheck>();
        app.Use((http, next) => check.InvokeAsync(http, next));
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = KeepAlive, KeepAliveTimeout = KeepAlive });
        app.UseRouting();
        app.MapGet("/health", (RequestDelegate)(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.Body.WriteAsync(Healthy, http.RequestAborted).AsTask();
        }));
        app.MapPost("/", app.Services.GetRequiredService<HttpDoor>().HandleAsync);
        app.MapGet("/", app.Services.GetRequiredService<WebSocketDoor>().HandleAsync);
        return app;
    }
}
