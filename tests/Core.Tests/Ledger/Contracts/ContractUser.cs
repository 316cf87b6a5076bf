using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts;

/// <summary>Uses one system contract of a network in memory, as one of its keys.</summary>
internal sealed record ContractUser(Devnet Net, Address Contract)
{
    /// <summary>A call in a block of its own; it must succeed.</summary>
    public IReadOnlyList<Log> Do(int key, AbiFunction function, params object?[] arguments)
    {
        var receipt = Send(key, function, default, arguments);
        Assert.True(receipt.Succeeded, $"{function} as key {key} was refused.");
        return receipt.Logs;
    }

    /// <summary>A transaction in a block of its own.</summary>
    public Receipt Send(int key, AbiFunction function, UInt256 value, params object?[] arguments) =>
        Assert.Single(Net.Mine(Net.Sign(key, Contract, value, function.EncodeCall(arguments))).Receipts);

    /// <summary>What a view returns; it must succeed.</summary>
    public object?[] Read(AbiFunction function, params object?[] arguments)
    {
        var result = Net.Call(0, Contract, function.EncodeCall(arguments));
        Assert.True(result.Succeeded, $"{function} was refused.");
        return function.DecodeResult(result.ReturnData.Span);
    }

    /// <summary>
    /// Why a call would be refused: the text of Error(string), other data in hex; null if it would succeed.
    /// </summary>
    public string? Refusal(int key, AbiFunction function, params object?[] arguments) =>
        Paying(key, default, function, arguments);

    public string? Paying(int key, UInt256 value, AbiFunction function, params object?[] arguments)
    {
        var result = Net.Call(key, Contract, function.EncodeCall(arguments), value);
        if (result.Succeeded)
            return null;
        var text = AbiFunction.Parse("Error(string)");
        return result.ReturnData.Span.StartsWith(text.Selector)
            ? (string)text.DecodeCall(result.ReturnData.Span)[0]!
            : Convert.ToHexStringLower(result.ReturnData.Span);
    }
}

/// <summary>Values as they stand in fact sheets.</summary>
internal static class Golden
{
    /// <summary>The selector of a custom error with its arguments behind it, in hex.</summary>
    public static string Error(string selector, params object[] arguments) =>
        selector + string.Concat(arguments.Select(a => a switch
        {
            Address address => Convert.ToHexStringLower(address.ToArray()).PadLeft(64, '0'),
            _ => Convert.ToUInt64(a, null).ToString("x64", null),
        }));

    /// <summary>Compares functions with lines "selector signature".</summary>
    public static void AssertFunctions(IEnumerable<AbiFunction> functions, string lines) => Assert.Equal(
        Lines(lines).Order(StringComparer.Ordinal),
        functions.Select(f => $"{Convert.ToHexStringLower(f.Selector)} {f.Signature}").Order(StringComparer.Ordinal));

    /// <summary>Compares events with lines "topic signature".</summary>
    public static void AssertEvents(IEnumerable<AbiEvent> events, string lines) => Assert.Equal(
        Lines(lines).Order(StringComparer.Ordinal),
        events.Select(e => $"{e.Topic0.ToHex()} {e.Signature}").Order(StringComparer.Ordinal));

    private static string[] Lines(string lines) =>
        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
