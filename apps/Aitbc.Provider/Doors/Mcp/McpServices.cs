using Aitbc.Provider.Doors.Mcp.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Provider.Doors.Mcp;

/// <summary>The parts of the door for agents; the tools are listed in this order.</summary>
internal static class McpServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ChatOrders>();
        services.AddSingleton<IMcpTool, ModelsTool>();
        services.AddSingleton<IMcpTool, QuoteTool>();
        services.AddSingleton<IMcpTool, RunTool>();
        services.AddSingleton<IMcpTool, ChatTool>();
        services.AddSingleton<IMcpTool, BalanceTool>();
        services.AddSingleton<IMcpTool, WhyTool>();
        services.AddSingleton<McpServer>();
    }
}
