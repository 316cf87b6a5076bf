using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Subscriptions;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>Who asks: its budget, and its connection if it can be told of events.</summary>
internal readonly record struct RpcCaller(ClientBudget Budget, ISubscriber? Subscriber);
