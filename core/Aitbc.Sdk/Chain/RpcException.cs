namespace Aitbc.Sdk.Chain;

/// <summary>
/// The node answered a JSON-RPC call with an error: the call definitely did not do what was asked
/// (JSON-RPC 2.0 section 5.1; codes as in EIP-1474, and 3 for a reverted execution).
/// </summary>
public sealed class RpcException : Exception
{
    /// <summary>Code of a reverted <c>eth_call</c> or <c>eth_estimateGas</c>.</summary>
    public const int ExecutionReverted = 3;

    /// <summary>Code of a method that the node does not have.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>Makes the exception from the members of a JSON-RPC error object.</summary>
    /// <param name="code">The error's code.</param>
    /// <param name="message">The error's message, unchanged.</param>
    /// <param name="revertData">The bytes of the error's <c>data</c> when it is a hex string, else empty.</param>
    public RpcException(int code, string message, ReadOnlyMemory<byte> revertData = default)
        : base(message)
    {
        Code = code;
        RevertData = revertData;
        Revert = RevertReason.TryDecode(revertData.Span);
    }

    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; }

    /// <summary>The bytes a reverting contract returned; empty if the error carried none.</summary>
    public ReadOnlyMemory<byte> RevertData { get; }

    /// <summary>
    /// The decoded contract error, or null if the data is empty or of an error this client does not know.
    /// </summary>
    public RevertReason? Revert { get; }

    /// <summary>True if the contract reverted with the named error, for example <c>WrongStatus</c>.</summary>
    public bool IsRevert(string name) => Revert is { } revert && revert.Name == name;
}
