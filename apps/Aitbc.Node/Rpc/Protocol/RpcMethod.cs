using System.Text.Json;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>A method that writes its result, or throws an <see cref="RpcError"/>.</summary>
internal delegate void WriteResult(in RpcCall call, Utf8JsonWriter json);

/// <summary>A method that waits for the chain before it writes its result.</summary>
internal delegate Task AwaitResult(RpcCall call, Utf8JsonWriter json);

/// <summary>A method of the table.</summary>
/// <param name="Cost">What a call takes from its client's budget.</param>
/// <param name="Write">Computes and writes at once.</param>
/// <param name="Wait">Waits; null for nearly all.</param>
internal sealed record RpcMethod(RpcCost Cost, WriteResult? Write, AwaitResult? Wait = null);

/// <summary>
/// What a call takes from its client's budget. The last class computes for long: few of its calls run at once.
/// </summary>
internal enum RpcCost
{
    /// <summary>Answered from memory or with one look-up.</summary>
    Light = 1,

    /// <summary>A signature is recovered.</summary>
    Send = 2,

    /// <summary>A block is read and written out.</summary>
    Block = 5,

    /// <summary>Runs a call, hashes, or reads many blocks.</summary>
    Heavy = 20,
}
