using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts;

/// <summary>A contract refuses: everything of the call is undone and these bytes are returned.</summary>
internal sealed class RevertException(byte[] data) : Exception("execution reverted")
{
    private static readonly AbiFunction ErrorText = AbiFunction.Parse("Error(string)");

    public byte[] Reason { get; } = data;

    public static RevertException Text(string reason) => new(ErrorText.EncodeCall(reason));

    public static RevertException Custom(AbiFunction error, params object?[] values) => new(error.EncodeCall(values));

    public static RevertException Silent() => new([]);
}

/// <summary>The call needs more gas than it was given.</summary>
internal sealed class OutOfGasException() : Exception("out of gas");
