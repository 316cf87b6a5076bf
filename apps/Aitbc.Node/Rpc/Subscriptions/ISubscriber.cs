using System.Text.Json;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>A connection that can be told of events; the boundary between the methods and the socket.</summary>
internal interface ISubscriber
{
    void Subscribe(in RpcCall call, Utf8JsonWriter json);

    void Unsubscribe(in RpcCall call, Utf8JsonWriter json);
}
