using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Ledger.Contracts;

/// <summary>Calls of contracts on a ledger in memory, and what they say when they refuse.</summary>
internal static class Calls
{
    private static readonly AbiFunction ErrorText = AbiFunction.Parse("Error(string)");

    /// <summary>A transaction in a block of its own.</summary>
    public static Receipt Send(
        this Devnet net, int key, Address contract, AbiFunction function, params object?[] arguments) =>
        Assert.Single(net.Mine(net.Sign(key, contract, default, function.EncodeCall(arguments))).Receipts);

    /// <summary>The results of a call that must succeed.</summary>
    public static object?[] View(this Devnet net, Address contract, AbiFunction function, params object?[] arguments)
    {
        var result = net.Call(0, contract, function.EncodeCall(arguments));
        Assert.True(result.Succeeded, $"{function} was refused: {Hex.ToHex(result.ReturnData.Span)}");
        return function.DecodeResult(result.ReturnData.Span);
    }

    /// <summary>
    /// Why a call is refused: the text, the selector of an error without one, empty for no reason; null if it succeeds.
    /// </summary>
    public static string? Refusal(
        this Devnet net, int key, Address contract, AbiFunction function, params object?[] arguments)
    {
        var result = net.Call(key, contract, function.EncodeCall(arguments));
        if (result.Succeeded)
            return null;
        if (result.ReturnData.IsEmpty)
            return "";
        return result.ReturnData.Span.StartsWith(ErrorText.Selector)
            ? (string)ErrorText.DecodeCall(result.ReturnData.Span)[0]!
            : Hex.ToHex(result.ReturnData.Span[..4]);
    }

    /// <summary>The selector of an error without arguments, as <see cref="Refusal"/> tells it.</summary>
    public static string Error(string name) => Hex.ToHex(AbiFunction.Parse(name + "()").Selector);

    /// <summary>A frame of a contract on the state of the next block, to try single parts of it.</summary>
    public static CallFrame Frame(
        this Devnet net, Address contract, Address caller = default, ulong? number = null) =>
        new(new MessageContext(
            new WorldState(net.Store), net.Next with { Number = number ?? net.Next.Number }))
        {
            Contract = contract,
            Caller = caller,
            Value = default,
            Data = default,
            GasLeft = 30_000_000,
        };

    /// <summary>Selectors and signatures of a table, to be compared with those of its standard.</summary>
    public static IEnumerable<(string Selector, string Signature)> Listed(this FunctionTable table) =>
        table.Functions.Select(f => (Hex.ToHex(f.Selector), f.Signature)).Order();
}
