using Aitbc.Sdk.Link;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Asks over the link that the provider has dialled.</summary>
internal sealed class LinkRoute(LinkConnection link) : IProviderRoute
{
    public async Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancel)
    {
        LinkStream stream;
        try
        {
            stream = link.Ask(new LinkRequest(call.Method, call.Path, call.Headers));
        }
        catch (IOException e)
        {
            throw new RouteException(false, e.Message, e);
        }

        try
        {
            await stream.WriteAsync(call.Body, cancel);
            stream.Complete();
            var head = await stream.Response.WaitAsync(cancel);
            return new ProviderAnswer(head.Status, head.Headers, stream.Incoming, stream.DisposeAsync);
        }
        catch (LinkEndedException e) when (e.Code == LinkEndedException.Refused)
        {
            throw new RouteException(false, e.Message, e);
        }
        catch (IOException e)
        {
            throw new RouteException(true, e.Message, e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
