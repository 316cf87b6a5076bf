namespace Aitbc.Primitives.Abi;

/// <summary>
/// Encodes and decodes argument lists of the Solidity contract ABI (specification 0.8, "Formal Specification of the
/// Encoding"). The CLR types of values are those of <see cref="AbiKind"/>.
/// </summary>
public static class AbiCodec
{
    /// <summary>Encodes values as an argument list.</summary>
    /// <exception cref="AbiException">A value has another type or range, or the counts differ.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(values);
        var writer = new AbiWriter();
        writer.WriteList(types, values);
        return writer.ToArray();
    }

    /// <summary>Encodes values as an argument list.</summary>
    /// <param name="types">A tuple type, for example of <c>AbiType.Parse("(uint256,bytes)")</c>.</param>
    /// <param name="values">One value for each member.</param>
    /// <exception cref="AbiException">A value has another type or range, or the counts differ.</exception>
    public static byte[] Encode(AbiType types, params object?[] values) => Encode(MembersOf(types), values);

    /// <summary>
    /// Decodes an argument list. Bytes after it are ignored; everything else is checked: padding of numbers, addresses,
    /// booleans and fixed bytes, offsets, lengths, UTF-8. Work and memory are bounded by the length of the data.
    /// </summary>
    /// <exception cref="AbiException">The bytes are no such list.</exception>
    public static object?[] Decode(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(types);
        return new AbiReader(data).ReadList(types);
    }

    /// <summary>As the other overload, with the members of a tuple type.</summary>
    /// <exception cref="AbiException">The bytes are no such list.</exception>
    public static object?[] Decode(AbiType types, ReadOnlySpan<byte> data) => Decode(MembersOf(types), data);

    private static IReadOnlyList<AbiType> MembersOf(AbiType types)
    {
        ArgumentNullException.ThrowIfNull(types);
        return types.Kind == AbiKind.Tuple
            ? types.Components
            : throw new AbiException($"{types} is no tuple: an argument list is written (T1,T2,...).");
    }
}
