using System.Text.Json;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Sending;
using Aitbc.Node.Rpc.Subscriptions;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>What a method is called with: its parameters by position, who asks, and until when.</summary>
/// <param name="list">The params, or undefined if absent.</param>
/// <param name="subscriber">The connection, if it can be told of events.</param>
/// <param name="deadline">When the caller is told that it took too long.</param>
/// <param name="submission">The raw transaction, if it was read ahead with others of its batch.</param>
internal readonly struct RpcCall(
    JsonElement list, ISubscriber? subscriber, RpcDeadline deadline, Submission? submission)
{
    public ISubscriber Subscriber => subscriber ?? throw RpcError.NoNotifications();

    public RpcDeadline Deadline => deadline;

    public Submission? Submission => submission;

    /// <summary>Null if absent or null.</summary>
    public JsonElement? this[int index] =>
        list.ValueKind == JsonValueKind.Array && index < list.GetArrayLength()
            && list[index].ValueKind != JsonValueKind.Null
            ? list[index]
            : null;

    public JsonElement Required(int index) =>
        this[index] ?? throw RpcError.InvalidParams($"missing value for required argument {index}");

    public Address Address(int index) => RpcValue.Address(Required(index));

    public Hash256 Hash(int index) => RpcValue.Hash(Required(index));

    public bool Flag(int index) => this[index]?.ValueKind == JsonValueKind.True;

    /// <summary>An index into a block's transactions.</summary>
    public int Index(int index) => RpcValue.UInt64(Required(index)) is var value && value <= int.MaxValue
        ? (int)value
        : throw RpcError.InvalidParams($"invalid argument {index}: not an index");
}
