using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aitbc.Fuzz.Running;

/// <summary>In place of Kestrel: requests go to the application on the caller's thread, without a socket.</summary>
internal sealed class InMemoryServer : IServer
{
    private Func<IFeatureCollection, Task>? process;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        process = async features =>
        {
            var context = application.CreateContext(features);
            try
            {
                await application.ProcessRequestAsync(context);
                application.DisposeContext(context, null);
            }
            catch (Exception e)
            {
                application.DisposeContext(context, e);
                throw;
            }
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public (int Status, string? ContentType, byte[] Body) Ask(
        string method, string path, byte[] body, IReadOnlyDictionary<string, string> headers)
    {
        using var answer = new MemoryStream();
        var end = path.IndexOf('?', StringComparison.Ordinal);
        var request = new HttpRequestFeature
        {
            Method = method,
            Path = end < 0 ? path : path[..end],
            QueryString = end < 0 ? "" : path[end..],
            Body = new MemoryStream(body, writable: false),
            Headers = { Host = "127.0.0.1", ContentType = "application/json", ContentLength = body.Length },
        };
        foreach (var (name, value) in headers)
            request.Headers[name] = value;
        var response = new HttpResponseFeature();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        process!(features).GetAwaiter().GetResult();
        return (response.StatusCode, response.Headers.ContentType, answer.ToArray());
    }

    public void Dispose()
    {
    }
}
