using System.Numerics;
using System.Reflection;
using Aitbc.Ledger.Contracts;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Fuzz.Running;

/// <summary>Every function of every system contract, and arguments for them out of bytes.</summary>
internal static class ContractFunctions
{
    private const int MostItems = 4;
    private const int LongestBytes = 200;

    /// <summary>The contracts by address, each with the functions that its folder declares.</summary>
    public static IReadOnlyList<(Address Contract, IReadOnlyList<AbiFunction> Functions)> All { get; } = Find();

    /// <summary>Encoded arguments that decode, chosen by the bytes; zeros once those are used up.</summary>
    public static byte[] Arguments(AbiFunction function, ReadOnlySpan<byte> choice)
    {
        var rest = choice;
        var values = new object?[function.Arguments.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = Value(function.Arguments[i], ref rest);
        return AbiCodec.Encode(function.Arguments, values);
    }

    private static List<(Address Contract, IReadOnlyList<AbiFunction> Functions)> Find()
    {
        var types = typeof(SystemContracts).Assembly.GetTypes();
        var found = new List<(Address, IReadOnlyList<AbiFunction>)>();
        foreach (var type in types.Where(t => t.IsClass && typeof(ISystemContract).IsAssignableFrom(t)))
        {
            var contract = (ISystemContract)Activator.CreateInstance(type)!;
            var functions = types.Where(t => t.Namespace == type.Namespace && !t.ContainsGenericParameters)
                .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
                .Where(f => f.FieldType == typeof(AbiFunction))
                .Select(f => (AbiFunction)f.GetValue(null)!)
                .OrderBy(f => f.Signature, StringComparer.Ordinal).ToList();
            found.Add((contract.Address, functions));
        }

        return [.. found.OrderBy(c => c.Item1.ToString(), StringComparer.Ordinal)];
    }

    private static object? Value(AbiType type, ref ReadOnlySpan<byte> rest)
    {
        switch (type.Kind)
        {
            case AbiKind.UInt:
                return UInt256.FromBigInteger(Number(ref rest) & ((BigInteger.One << type.Size) - 1));
            case AbiKind.Int:
                return (Number(ref rest) & ((BigInteger.One << type.Size) - 1)) - (BigInteger.One << (type.Size - 1));
            case AbiKind.Address:
                return Account(ref rest);
            case AbiKind.Bool:
                return (Take(ref rest) & 1) == 1;
            case AbiKind.FixedBytes:
                var word = Bytes(type.Size, ref rest);
                return type.Size == Hash256.Length ? Hash256.FromBytes(word) : word;
            case AbiKind.Bytes:
                return Bytes(Take(ref rest) % LongestBytes, ref rest);
            case AbiKind.String:
                return System.Text.Encoding.Latin1.GetString(Bytes(Take(ref rest) % LongestBytes, ref rest));
            case AbiKind.Array or AbiKind.FixedArray:
                var items = new object?[type.Kind == AbiKind.Array ? Take(ref rest) % MostItems : type.Size];
                for (var i = 0; i < items.Length; i++)
                    items[i] = Value(type.Element!, ref rest);
                return items;
            default:
                var members = new object?[type.Components.Count];
                for (var i = 0; i < members.Length; i++)
                    members[i] = Value(type.Components[i], ref rest);
                return members;
        }
    }

    // Small numbers mostly: they are ids, counts and times. Else powers of two and their neighbours, or any.
    private static BigInteger Number(ref ReadOnlySpan<byte> rest) => Take(ref rest) switch
    {
        < 100 and var small => small,
        < 180 and var shift => (BigInteger.One << ((shift - 100) * 4)) - (shift & 1),
        < 220 => new BigInteger(1_800_000_000) + Take(ref rest),
        < 230 => (BigInteger.One << 256) - 1,
        _ => new BigInteger(Bytes(32, ref rest), isUnsigned: true),
    };

    private static Address Account(ref ReadOnlySpan<byte> rest)
    {
        var choice = Take(ref rest);
        if (choice < 100)
            return Testing.TestAccounts.Key(0).Address;
        if (choice < 140)
            return default;
        return choice < 200
            ? SystemContracts.Accounts[choice % SystemContracts.Accounts.Count]
            : Address.FromBytes(Bytes(Address.Length, ref rest));
    }

    private static byte[] Bytes(int length, ref ReadOnlySpan<byte> rest)
    {
        var bytes = new byte[length];
        var available = Math.Min(length, rest.Length);
        rest[..available].CopyTo(bytes);
        rest = rest[available..];
        return bytes;
    }

    private static byte Take(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return 0;
        var first = rest[0];
        rest = rest[1..];
        return first;
    }
}
