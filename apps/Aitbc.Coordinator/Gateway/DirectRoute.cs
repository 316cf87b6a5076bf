using Aitbc.Sdk.Link;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Asks a provider at the address that it registered.</summary>
internal sealed class DirectRoute(HttpMessageInvoker http, Uri address) : IProviderRoute
{
    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(address, call.Path));
        if (call.Method == HttpMethod.Post.Method)
            request.Content = new ReadOnlyMemoryContent(call.Body);
        foreach (var (name, value) in call.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            var answer = await http.SendAsync(request, cancel);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                var value = string.Join(", ", values);
                if (LinkHeaders.MayAnswer(name, value))
                    headers[name] = value;
            }

            return new ProviderAnswer(
                (int)answer.StatusCode, headers, await answer.Content.ReadAsStreamAsync(cancel), () =>
                {
                    answer.Dispose();
                    return ValueTask.CompletedTask;
                });
        }
        catch (HttpRequestException e)
        {
            var never = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError;
            throw new RouteException(!never, "The provider's address gives no answer.", e);
        }
        catch (IOException e)
        {
            throw new RouteException(true, "The provider's address gives no answer.", e);
        }
    }
}
