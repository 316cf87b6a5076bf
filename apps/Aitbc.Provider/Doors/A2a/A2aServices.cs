using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>The parts of the door for agents of A2A.</summary>
internal static class A2aServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<TaskBook>();
        services.AddSingleton<A2aTasks>();
        services.AddSingleton<A2aOrders>();
        services.AddSingleton<A2aServer>();
    }
}
