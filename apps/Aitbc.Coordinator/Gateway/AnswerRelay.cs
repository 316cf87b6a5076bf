using Aitbc.Coordinator.Outbound;
using Aitbc.Primitives;
using Aitbc.Sdk.Link;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Passes a provider's answer on. One that breaks on the way is taken up again where it broke, from what the provider
/// keeps of it; the client sees no seam.
/// </summary>
internal sealed class AnswerRelay(
    ProviderRoutes routes, AnswerPlaces places, CoordinatorOptions options, IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    public const string AnswerHeader = "X-Aitbc-Answer";

    // What a provider keeps of an answer, and a little for its head.
    private const int MostBytes = 17 * 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task RelayAsync(HttpContext http, Address provider, ProviderAnswer answer, bool retry = false)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            if (LinkHeaders.MayAnswer(name, value))
                response.Headers[name] = value;
        }

        if (retry)
            response.Headers["x-should-retry"] = "true";
        response.Headers[GatewayAsk.ProviderHeader] = provider.ToString();
        var id = answer.Header(AnswerHeader);
        if (id is not null && IsAnswer(id))
            places.Remember(id, provider);
        else
            id = null;
        if (answer.Status == 200 && id is not null && IsEvents(answer))
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(
                http.RequestAborted, lifetime.ApplicationStopping);
            var stream = new StreamRelay(http, provider, id, answer, time);
            await stream.RunAsync(
                (last, cancel) => ResumeAsync(provider, id, last, cancel), lifetime.ApplicationStopping, ending.Token);
            return;
        }

        await WholeAsync(http, provider, id, answer);
    }

    /// <summary>
    /// The answer from an event on, from the same provider; null if it is not back in time or no longer has it.
    /// </summary>
    private async Task<ProviderAnswer?> ResumeAsync(
        Address provider, string id, int? last, CancellationToken cancel)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (last is { } number)
            headers["Last-Event-ID"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var call = new ProviderCall("GET", "/v1/streams/" + id, headers, default);
        var most = TimeSpan.FromSeconds(options.GatewayResumeSeconds);
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) is var waited && waited < most)
        {
            try
            {
                if (await routes.WaitAsync(provider, most - waited, cancel) is not { } route)
                    return null;
                var answer = await route.SendAsync(call, cancel);
                if (answer.Status == 200)
                    return answer;
                await answer.DisposeAsync();
                if (answer.Status is >= 400 and < 500)
                    return null;
            }
            catch (RouteException)
            {
                // Its old link may still be thought alive, or the new one is not up yet.
            }

            await Task.Delay(Pause, time, cancel);
        }

        return null;
    }

    private async Task WholeAsync(HttpContext http, Address provider, string? id, ProviderAnswer answer)
    {
        ReadOnlyMemory<byte> body;
        try
        {
            body = await BoundedBody.ReadAsync(answer.Body, MostBytes, http.RequestAborted);
        }
        catch (Exception broke) when (broke is IOException or HttpRequestException or InvalidDataException)
        {
            if (id is null || await AgainAsync(provider, id, http.RequestAborted) is not { } again)
            {
                http.Response.Headers.Clear();
                await GatewayErrors.WriteAsync(http, new GatewayProblem(
                    502, "provider_lost", "The provider's answer was lost on its way.", true, null,
                    id is null ? "Send the same request again."
                        : $"GET /v1/streams/{id} with {GatewayAsk.ProviderHeader} {provider} gives it if it is kept."));
                return;
            }

            body = again;
        }

        await http.Response.StartAsync(http.RequestAborted);
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task<ReadOnlyMemory<byte>?> AgainAsync(Address provider, string id, CancellationToken cancel)
    {
        try
        {
            if (await ResumeAsync(provider, id, null, cancel) is not { } answer)
                return null;
            await using var owned = answer;
            return await BoundedBody.ReadAsync(answer.Body, MostBytes, cancel);
        }
        catch (Exception broke) when (broke is IOException or HttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    public static bool IsAnswer(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static bool IsEvents(ProviderAnswer answer) =>
        answer.Header("Content-Type")?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
}
