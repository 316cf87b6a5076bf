using Aitbc.Sdk.Link;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Linking;

/// <summary>
/// Answers what comes over the link by the doors of this very process, without a socket between: the same routes, the
/// same payment, the same refusals as at the direct door. Only the doors that are paid by the call, and what belongs to
/// them, are open to it.
/// </summary>
internal sealed class LinkServer(IServiceProvider services, ProviderOptions options, ILogger<LinkServer> log)
{
    private readonly Lazy<RequestDelegate> _doors = new(() =>
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseEndpoints(routes => routes.MapProvider());
        return app.Build();
    });

    /// <summary>Answers one stream; never throws.</summary>
    public async Task ServeAsync(LinkStream stream)
    {
        try
        {
            if (!LinkDoors.IsOpen(stream.Request.Method, stream.Request.Path))
            {
                stream.End(LinkEndedException.Refused);
                return;
            }

            var answer = new LinkAnswer(stream);
            await using var scope = services.CreateAsyncScope();
            var http = new DefaultHttpContext(Features(stream, answer)) { RequestServices = scope.ServiceProvider };
            await _doors.Value(http);
            await answer.CompleteAsync();
        }
        catch (Exception gone) when (gone is LinkLostException or LinkEndedException or OperationCanceledException)
        {
            // Who asked is gone; the answer waits for a reader.
            stream.End(LinkEndedException.Cancelled);
        }
        catch (Exception defect)
        {
            log.LogError(defect, "A request over the link broke.");
            stream.End(LinkEndedException.Failed);
        }
    }

    private FeatureCollection Features(LinkStream stream, LinkAnswer answer)
    {
        var path = stream.Request.Path;
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var request = new HttpRequestFeature
        {
            Method = stream.Request.Method,
            Scheme = options.CoordinatorUrl!.Scheme,
            Protocol = "HTTP/1.1",
            Path = Uri.UnescapeDataString(query < 0 ? path : path[..query]),
            QueryString = query < 0 ? "" : path[query..],
            RawTarget = path,
            Body = stream.Incoming,
        };
        request.Headers.Host = options.CoordinatorUrl.Authority;
        foreach (var (name, value) in stream.Request.Headers)
            request.Headers[name] = value;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(answer);
        features.Set<IHttpResponseBodyFeature>(answer);
        features.Set<IHttpRequestLifetimeFeature>(answer);
        features.Set<IHttpRequestBodyDetectionFeature>(answer);
        return features;
    }
}
