using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Consensus;
using Aitbc.Node.Rpc.Doors;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Sending;
using Aitbc.Node.Rpc.State;
using Aitbc.Node.Rpc.Subscriptions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Node.Rpc;

/// <summary>The parts of JSON-RPC.</summary>
internal static class RpcServices
{
    public static IServiceCollection AddRpc(this IServiceCollection services, NodeOptions options) => services
        .Configure<KestrelServerOptions>(k => k.Limits.MaxConcurrentConnections = options.MaxHttpConnections)
        .AddSingleton<SupplyAudit>()
        .AddSingleton<BlockReader>()
        .AddSingleton<LogReader>()
        .AddSingleton<FilterTable>()
        .AddSingleton<ReceiptWaits>()
        .AddSingleton<StateSource>()
        .AddSingleton<NodeMethods>()
        .AddSingleton<StateMethods>()
        .AddSingleton<ProofMethods>()
        .AddSingleton<CallMethods>()
        .AddSingleton<FeeMethods>()
        .AddSingleton<BlockMethods>()
        .AddSingleton<SendMethods>()
        .AddSingleton<PoolMethods>()
        .AddSingleton<LogMethods>()
        .AddSingleton<ConsensusMethods>()
        .AddSingleton(Table)
        .AddSingleton<SubmissionReader>()
        .AddSingleton<RpcTurns>()
        .AddSingleton<ClientBudgets>()
        .AddSingleton<RpcServer>()
        .AddSingleton<HttpDoor>()
        .AddSingleton<WebSocketDoor>()
        .AddSingleton<MetricsDoor>()
        .AddSingleton<CallerCheck>();

    private static MethodTable Table(IServiceProvider parts) => RpcMethods.Table(
        parts.GetRequiredService<NodeMethods>(),
        parts.GetRequiredService<ConsensusMethods>(),
        parts.GetRequiredService<StateMethods>(),
        parts.GetRequiredService<ProofMethods>(),
        parts.GetRequiredService<CallMethods>(),
        parts.GetRequiredService<FeeMethods>(),
        parts.GetRequiredService<BlockMethods>(),
        parts.GetRequiredService<SendMethods>(),
        parts.GetRequiredService<PoolMethods>(),
        parts.GetRequiredService<LogMethods>(),
        parts.GetRequiredService<FilterTable>());
}
