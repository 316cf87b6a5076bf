using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// Call data, matched against functions. Arguments that do not decode revert without a reason, as Solidity does.
/// </summary>
internal readonly struct AbiCall(ReadOnlyMemory<byte> data)
{
    public bool Is(AbiFunction function) =>
        data.Length >= 4 && data.Span[..4].SequenceEqual(function.Selector);

    public bool Is(AbiFunction function, out object?[] arguments)
    {
        arguments = [];
        if (!Is(function))
            return false;
        try
        {
            arguments = function.DecodeCall(data.Span);
            return true;
        }
        catch (AbiException)
        {
            throw RevertException.Silent();
        }
    }
}
