using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Calls of any system contract on a <see cref="Devnet"/>.</summary>
internal static class ContractCalls
{
    /// <summary>Sends a call in a block of its own.</summary>
    public static Receipt Send(
        this Devnet net, int key, Address to, AbiFunction function, UInt256 value, params object?[] args) =>
        Assert.Single(net.Mine(net.Sign(key, to, value, function.EncodeCall(args))).Receipts);

    /// <summary>The results of a call that must succeed.</summary>
    public static object?[] View(this Devnet net, Address to, AbiFunction function, params object?[] args)
    {
        var result = net.Call(0, to, function.EncodeCall(args));
        Assert.True(result.Succeeded, function.Name);
        return function.DecodeResult(result.ReturnData.Span);
    }

    /// <summary>The name of the error with which a call is refused; null if it is not.</summary>
    public static string? Refusal(
        this Devnet net, int key, Address to, IEnumerable<string> errors, AbiFunction function, UInt256 value,
        params object?[] args)
    {
        var result = net.Call(key, to, function.EncodeCall(args), value);
        if (result.Succeeded)
            return null;
        var data = result.ReturnData.ToArray();
        return errors.FirstOrDefault(e => data.AsSpan().StartsWith(AbiFunction.Parse(e).Selector))
            ?? "without a name: " + Convert.ToHexString(data);
    }
}
