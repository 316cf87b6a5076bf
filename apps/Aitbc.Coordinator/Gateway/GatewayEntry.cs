using Aitbc.Coordinator.Access;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Lets a paid request in, within the limits of its account or else of its address.</summary>
internal sealed class GatewayEntry(CallerSlots slots, RateGate rates, Remotes remotes, AccessTokens tokens)
{
    // Clients of OpenAI always send some key; only one of this coordinator's says who it is.
    private const string Ours = "Bearer aitbc_";

    /// <summary>Its place among those under way, to be given back. Throws a problem of status 429.</summary>
    public async Task<IDisposable> EnterAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var access = header.StartsWith(Ours, StringComparison.Ordinal)
            ? await tokens.FindAsync(header["Bearer ".Length..], http.RequestAborted) : null;
        var caller = access?.Account.ToString() ?? remotes.Of(http);
        rates.Pass(caller);
        return slots.Take(caller);
    }
}
