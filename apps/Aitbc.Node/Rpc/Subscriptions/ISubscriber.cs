using System.Text.Json.Nodes;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>A connection that can be told of events; the boundary between the methods and the socket.</summary>
internal interface ISubscriber
{
    JsonNode? Subscribe(RpcParams p);

    JsonNode? Unsubscribe(RpcParams p);
}
