using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Everything that passes paid requests to providers.</summary>
internal static class GatewayServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ProviderRoutes>();
        services.AddSingleton<GatewayCatalog>();
        services.AddSingleton<RouteChoice>();
        services.AddSingleton<CallerSlots>();
        services.AddSingleton<GatewayEntry>();
        services.AddSingleton<AnswerPlaces>();
        services.AddSingleton<AnswerRelay>();
        services.AddSingleton<GatewayForward>();
        services.AddSingleton<GatewayDesk>();
    }
}
