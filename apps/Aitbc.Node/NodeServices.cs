using Aitbc.Node.Bft.Relay;
using Aitbc.Node.Bft.Running;
using Aitbc.Node.Bft.Snapshots;
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
        if (options.KeepBlocks is { } keep && (keep < SelfCheck.Depth || options.Archive))
        {
            throw new ArgumentException(
                $"'keepBlocks' is at least {SelfCheck.Depth}, and contradicts 'archive', which keeps all.",
                nameof(options));
        }

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
        services.AddSingleton<NodeGauges>();
        services.AddPeers(options);
        services.AddRpc(options);
        return services;
    }

    /// <summary>
    /// What has to be done before the node's parts are made: a node that has no chain and is told so begins from a
    /// snapshot of its peers. May take minutes.
    /// </summary>
    /// <exception cref="NodeStartException">For a minute nothing came that can be believed.</exception>
    public static Task PrepareNodeAsync(this WebApplication app, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(app);
        return SnapshotStart.RunAsync(app.Services, app.Services.GetRequiredService<NodeOptions>(), cancel);
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
        app.MapGet("/metrics", app.Services.GetRequiredService<MetricsDoor>().HandleAsync);
        app.MapPost("/", app.Services.GetRequiredService<HttpDoor>().HandleAsync);
        app.MapGet("/", app.Services.GetRequiredService<WebSocketDoor>().HandleAsync);
        return app;
    }
}
