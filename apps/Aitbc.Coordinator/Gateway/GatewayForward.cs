using Aitbc.Primitives;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Passes what belongs to one answer or channel to the one provider that has it.</summary>
internal sealed class GatewayForward(
    ProviderRoutes routes, AnswerRelay relay, CoordinatorOptions options, TimeProvider time)
{
    /// <summary>The longest body: a voucher.</summary>
    public const int MostBodyBytes = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task ForwardAsync(HttpContext http, Address provider, ReadOnlyMemory<byte> body)
    {
        var wait = TimeSpan.FromSeconds(options.GatewayResumeSeconds);
        if (await routes.WaitAsync(provider, wait, http.RequestAborted) is not { } route)
        {
            await GatewayErrors.WriteAsync(http, Gone());
            return;
        }

        using var enough = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, enough.Token);
        ProviderAnswer answer;
        try
        {
            answer = await route.SendAsync(GatewayAsk.CallOf(http, body), both.Token);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested
            && e is RouteException or OperationCanceledException)
        {
            await GatewayErrors.WriteAsync(http, Gone());
            return;
        }

        await using var owned = answer;
        await relay.RelayAsync(http, provider, answer);
    }

    // All of these may be sent again: they read, they end what is ended, or they raise to a total.
    private static GatewayProblem Gone() => new(
        503, "provider_gone", "The provider cannot be reached.", true, Next: "Ask again.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };
}
