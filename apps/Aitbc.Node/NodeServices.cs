using Aitbc.Node.Engine;
using Aitbc.Node.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aitbc.Node;

/// <summary>The node role's public face.</summary>
public static class NodeServices
{
    private static readonly byte[] Healthy = "{\"status\":\"ok\",\"role\":\"node\"}"u8.ToArray();

    /// <summary>Registers the node. Its start throws <see cref="NodeStartException"/> when it refuses its data.</summary>
    public static IServiceCollection AddNode(this IServiceCollection services, NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton(options);
        services.AddSingleton<Chain>();
        services.AddSingleton<BlockMaker>();
        services.AddHostedService(s => s.GetRequiredService<BlockMaker>());
        services.AddSingleton<RpcServer>();
        return services;
    }

    /// <summary>Puts the node's endpoints on an application that serves nothing else.</summary>
    public static WebApplication MapNode(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var server = app.Services.GetRequiredService<RpcServer>();
        var options = app.Services.GetRequiredService<NodeOptions>();
        app.UseRouting();
        app.MapGet("/health", (RequestDelegate)(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.Body.WriteAsync(Healthy, http.RequestAborted).AsTask();
        }));
        app.MapPost("/", (RequestDelegate)(http =>
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = options.MaxBody;
            return server.HandleAsync(http);
        }));
        return app;
    }
}
