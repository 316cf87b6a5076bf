using Aitbc.Primitives.Abi;

namespace Aitbc.Primitives.TypedData;

/// <summary>
/// A struct type of EIP-712 for typed callers: members are atomic or dynamic Solidity types and arrays of them, no
/// other structs. Types with structs inside go through <see cref="Eip712.HashTypedData(string)"/>.
/// </summary>
public sealed class Eip712Type
{
    private readonly AbiType[] members;

    private Eip712Type(string encoded, AbiType[] members)
    {
        Encoded = encoded;
        this.members = members;
        TypeHash = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(encoded));
    }

    /// <summary>The type as EIP-712 encodes it.</summary>
    public string Encoded { get; }

    /// <summary>keccak256 of <see cref="Encoded"/>.</summary>
    public Hash256 TypeHash { get; }

    /// <summary>
    /// Reads for example <c>Mail(address from,string contents)</c>, with the spaces of the EIP and no others.
    /// </summary>
    /// <exception cref="AbiException">Not such a type.</exception>
    public static Eip712Type Parse(string encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        var open = encoded.IndexOf('(', StringComparison.Ordinal);
        if (open < 1 || !encoded.EndsWith(')'))
            throw Wrong(encoded);
        var list = encoded[(open + 1)..^1];
        var members = list.Length == 0 ? [] : list.Split(',');
        return new Eip712Type(encoded, [.. members.Select(m => MemberType(encoded, m))]);
    }

    /// <summary>hashStruct: keccak256(typeHash ‖ encodeData).</summary>
    /// <param name="values">One value for each member, with the CLR types of <see cref="AbiKind"/>.</param>
    /// <exception cref="AbiException">A value does not fit.</exception>
    public Hash256 HashStruct(params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != members.Length)
            throw new AbiException($"{Encoded} has {members.Length} members, {values.Length} values are given.");
        var data = new byte[Hash256.Length * (1 + members.Length)];
        TypeHash.CopyTo(data);
        for (var i = 0; i < members.Length; i++)
            EncodeValue(members[i], values[i]).CopyTo(data.AsSpan(Hash256.Length * (i + 1)));
        return Keccak256.Hash(data);
    }

    /// <summary>The 32 bytes that stand for a value in encodeData.</summary>
    internal static byte[] EncodeValue(AbiType type, object? value) => (type.Kind, value) switch
    {
        (AbiKind.Bytes, byte[] bytes) => Keccak256.Hash(bytes).ToArray(),
        (AbiKind.String, string text) => Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text)).ToArray(),
        (AbiKind.Array, IReadOnlyList<object?> items) => EncodeItems(type.Element!, items),
        (AbiKind.FixedArray, IReadOnlyList<object?> items) when items.Count == type.Size =>
            EncodeItems(type.Element!, items),
        ( < AbiKind.Bytes, _) => AbiCodec.Encode([type], value),
        _ => throw new AbiException($"A value does not fit the type {type}."),
    };

    private static byte[] EncodeItems(AbiType element, IReadOnlyList<object?> items) =>
        Keccak256.Hash([.. items.SelectMany(i => EncodeValue(element, i))]).ToArray();

    private static AbiType MemberType(string encoded, string member)
    {
        var parts = member.Split(' ');
        return parts is [{ Length: > 0 } type, { Length: > 0 }] && !type.Contains('(', StringComparison.Ordinal)
            ? AbiType.Parse(type)
            : throw Wrong(encoded);
    }

    private static AbiException Wrong(string encoded) => new($"'{encoded}' is not written Name(type member,...).");
}
