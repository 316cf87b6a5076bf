using Aitbc.Coordinator.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Access;

/// <summary>Bounds the requests of each account, and of each network address that has no token.</summary>
internal sealed class RateGate(CoordinatorOptions options, Remotes remotes) : IDisposable
{
    private readonly CallWindows windows = new(options.RequestsPerMinute);

    /// <summary>Throws a problem of status 429 that says when there is room again.</summary>
    public void Pass(string who)
    {
        if (windows.TryPass(who) is { } wait)
            throw Refusal.Limited(
                $"At most {options.RequestsPerMinute} requests in a minute are served.", "Wait so long.", wait);
    }

    public void PassRemote(HttpContext http) => Pass(remotes.Of(http));

    public void Dispose() => windows.Dispose();
}
