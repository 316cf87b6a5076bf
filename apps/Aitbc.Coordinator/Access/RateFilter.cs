using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Coordinator.Access;

/// <summary>
/// Holds every endpoint of a group to the limit: by account where it takes a <see cref="Caller"/>, which counts when
/// it is bound, and by address where anybody may ask.
/// </summary>
internal static class RateFilter
{
    public static RouteGroupBuilder WithRateLimit(this RouteGroupBuilder routes) =>
        routes.AddEndpointFilterFactory((endpoint, next) =>
        {
            if (endpoint.MethodInfo.GetParameters().Any(p => p.ParameterType == typeof(Caller)))
                return next;
            var rates = endpoint.ApplicationServices.GetRequiredService<RateGate>();
            return context =>
            {
                rates.PassRemote(context.HttpContext);
                return next(context);
            };
        });
}
