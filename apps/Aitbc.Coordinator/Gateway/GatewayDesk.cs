using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Finds who answers a request. It holds no money: an unpaid request gets the 402 of the provider that was chosen, and
/// a payment goes to the provider that it names and to nobody else (specs/market/gateway.md).
/// </summary>
internal sealed class GatewayDesk(
    RouteChoice choice, GatewayCatalog catalog, ProviderRoutes routes, AnswerRelay relay, CoordinatorOptions options,
    TimeProvider time)
{
    public const string FailoverHeader = "X-Aitbc-Failover";
    private const int MostAsked = 4;
    private const int MostTries = 3;
    private static readonly TimeSpan OfferPatience = TimeSpan.FromSeconds(10);

    // Longer than a provider's longest wait for a first piece.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(330);
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);

    public Task SellAsync(HttpContext http, GatewayAsk ask) =>
        ask.Payment is { } payment ? PaidAsync(http, ask, payment) : OfferAsync(http, ask, null);

    /// <summary>The 402 of the best provider that has room; of the next one where somebody refused.</summary>
    private async Task OfferAsync(HttpContext http, GatewayAsk ask, Address? refusedBy)
    {
        var problem = NoSeller(ask);
        var call = ask.Call with
        {
            Headers = ask.Call.Headers.Where(h => h.Key != X402Headers.Signature)
                .ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase),
        };
        foreach (var seller in choice.Order(ask).Where(s => s.Provider != refusedBy).Take(MostAsked))
        {
            if (routes.Find(seller.Provider) is not { } route)
                continue;
            var answer = await TryOfferAsync(route, call, seller, http.RequestAborted);
            if (answer is null)
            {
                problem = Gone();
                continue;
            }

            await using var owned = answer;
            if (Passed(answer, ask, seller) is { } passed)
            {
                problem = passed;
                continue;
            }

            if (refusedBy is { } who && answer.Status == 402)
            {
                // The payment of another provider is of no use here: a stock client begins anew when it is told to.
                http.Response.Headers[FailoverHeader] = who.ToString();
                await relay.RelayAsync(http, seller.Provider, answer, retry: true);
                return;
            }

            await relay.RelayAsync(http, seller.Provider, answer);
            return;
        }

        await GatewayErrors.WriteAsync(http, problem);
    }

    private async Task<ProviderAnswer?> TryOfferAsync(
        IProviderRoute route, ProviderCall call, Seller seller, CancellationToken aborted)
    {
        using var enough = new CancellationTokenSource(OfferPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(aborted, enough.Token);
        try
        {
            return await route.SendAsync(call, both.Token);
        }
        catch (Exception e) when (!aborted.IsCancellationRequested && e is RouteException or OperationCanceledException)
        {
            seller.Health.Failed();
            return null;
        }
    }

    /// <summary>Why the next provider is asked instead; null if this answer is the client's.</summary>
    private GatewayProblem? Passed(ProviderAnswer answer, GatewayAsk ask, Seller seller)
    {
        var price = answer.Status == 402
            ? PaymentPeek.Price(answer.Header(X402Headers.Required), seller.Provider) : null;
        switch (answer.Status)
        {
            case 402 when price is null:
            case 500 or 502 or 504:
                seller.Health.Failed();
                return Gone();
            case 402 when ask.MaxPrice is { } most && price > most:
                return new GatewayProblem(
                    409,
                    ProblemCodes.PriceTooHigh,
                    $"The request may cost {Amount.FromAtto(price.Value)}, more than {Amount.FromAtto(most)}.",
                    false,
                    Next: $"Ask for fewer tokens, or raise {GatewayAsk.MaxPriceHeader}.");
            case 429 or 503:
                var wait = RetryAfter(answer);
                seller.Health.Busy(wait);
                return new GatewayProblem(
                    503, "provider_busy", "Every provider of this model is busy.", true, Next: "Ask again later.")
                {
                    RetryAfter = wait,
                };
            case 404:
                return NoSeller(ask);
            default:
                seller.Health.Worked();
                return null;
        }
    }

    private async Task PaidAsync(HttpContext http, GatewayAsk ask, string payment)
    {
        if (PaymentPeek.Payee(payment) is not { } payee)
        {
            await GatewayErrors.WriteAsync(http, new GatewayProblem(
                400, ProblemCodes.InvalidRequest, "The payment names nobody whom it pays.", false,
                Next: "Ask without a payment: the 402 says whom to pay and how."));
            return;
        }

        var wait = TimeSpan.FromSeconds(options.GatewayResumeSeconds);
        var (mayBeTaken, start) = (false, time.GetTimestamp());
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await routes.WaitAsync(payee, wait, http.RequestAborted) is not { } route)
                break;
            var began = time.GetTimestamp();
            ProviderAnswer answer;
            try
            {
                answer = await SendPaidAsync(route, ask.Call, http.RequestAborted);
            }
            catch (RouteException e)
            {
                if (tries == 0)
                    catalog.HealthOf(payee).Failed();
                // Its old link may still be thought alive. Where the payment was sent before, the next one is waited
                // for: nothing else can tell what became of it.
                if (mayBeTaken && !e.WasSent && time.GetElapsedTime(start) < wait)
                    tries--;
                mayBeTaken |= e.WasSent;
                await Task.Delay(ShortPause, time, http.RequestAborted);
                continue;
            }

            await using var owned = answer;
            if (!mayBeTaken && await IsRefusedBeforeMoneyAsync(answer, http.RequestAborted))
            {
                catalog.HealthOf(payee).Busy(RetryAfter(answer));
                // Its earlier answer to this very payment may be ending just now.
                if (tries == 0 && answer.Status == 503)
                {
                    await Task.Delay(ShortWait, time, http.RequestAborted);
                    continue;
                }

                break;
            }

            if (answer.Status == 200)
                catalog.HealthOf(payee).Began(time.GetElapsedTime(began));
            await relay.RelayAsync(http, payee, answer);
            return;
        }

        if (mayBeTaken)
            await GatewayErrors.WriteAsync(http, Unknown());
        else if (ask.Provider is null)
            await OfferAsync(http, ask, payee);
        else
            await GatewayErrors.WriteAsync(http, Gone());
    }

    private async Task<ProviderAnswer> SendPaidAsync(
        IProviderRoute route, ProviderCall call, CancellationToken aborted)
    {
        using var enough = new CancellationTokenSource(AnswerPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(aborted, enough.Token);
        try
        {
            return await route.SendAsync(call, both.Token);
        }
        catch (OperationCanceledException e) when (!aborted.IsCancellationRequested)
        {
            throw new RouteException(true, "The provider did not answer in time.", e);
        }
    }

    /// <summary>
    /// Only refusals that a provider gives before it looks at money; all others, 503 among them, may come after it.
    /// </summary>
    private static async Task<bool> IsRefusedBeforeMoneyAsync(ProviderAnswer answer, CancellationToken cancel)
    {
        if (answer.Status is not (404 or 503) || answer.Header(X402Headers.Response) is not null)
            return false;
        var code = await ErrorCode.ReadAsync(answer, cancel);
        return code is "provider_busy" or "model_not_found";
    }

    private static TimeSpan RetryAfter(ProviderAnswer answer) =>
        int.TryParse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 60)) : TimeSpan.FromSeconds(1);

    private GatewayProblem NoSeller(GatewayAsk ask) => catalog.Find(ask.Model).Count == 0
        ? new GatewayProblem(
            404, "model_not_found", $"Nobody sells the model '{ask.Model}' here.", false,
            Next: "GET /v1/models lists what is sold.")
        : new GatewayProblem(
            503, "no_provider", "No provider of this model fits the request now.", true,
            Next: "Ask again later, or ask for less: provider, privacy, region and price are limits of yours.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };

    private static GatewayProblem Gone() => new(
        503, "provider_gone", "The provider cannot be reached; it has taken nothing.", true, Next: "Ask again.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    private static GatewayProblem Unknown() => new(
        502, "outcome_unknown", "The provider got the payment, and its answer was lost.", true, null,
        "Send the same request with the same payment again: nothing is paid twice.");
}
