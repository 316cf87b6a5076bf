namespace Aitbc.Primitives.Abi;

/// <summary>One type of the Solidity contract ABI (specification 0.8, section "Types").</summary>
public sealed class AbiType
{
    private const int WordLength = 32;

    private AbiType(AbiKind kind, string name, int size, AbiType? element, IReadOnlyList<AbiType> components)
    {
        Kind = kind;
        Name = name;
        Size = size;
        Element = element;
        Components = components;
        IsDynamic = kind switch
        {
            AbiKind.Bytes or AbiKind.String or AbiKind.Array => true,
            AbiKind.FixedArray => element!.IsDynamic,
            AbiKind.Tuple => components.Any(c => c.IsDynamic),
            _ => false,
        };
        HeadLength = IsDynamic ? WordLength : StaticLength();
    }

    /// <summary>The family.</summary>
    public AbiKind Kind { get; }

    /// <summary>The canonical name as it stands in a signature, for example <c>(uint256,address[])</c>.</summary>
    public string Name { get; }

    /// <summary>Bits of an integer, bytes of fixed bytes, length of a fixed array; otherwise 0.</summary>
    public int Size { get; }

    /// <summary>Type of an array's elements; otherwise null.</summary>
    public AbiType? Element { get; }

    /// <summary>Types of a tuple's members; otherwise empty.</summary>
    public IReadOnlyList<AbiType> Components { get; }

    /// <summary>True if the encoding's length depends on the value, so that an offset stands in its place.</summary>
    public bool IsDynamic { get; }

    /// <summary>Bytes that the type takes in the head of its tuple.</summary>
    internal int HeadLength { get; }

    /// <summary>
    /// Reads a type, for example <c>uint256</c>, <c>bytes32[2][]</c> or <c>(address,(bool,string)[])</c>.
    /// </summary>
    /// <exception cref="AbiException">Not a type.</exception>
    public static AbiType Parse(string text) => new AbiSignatureReader(text).ReadWholeType();

    /// <inheritdoc />
    public override string ToString() => Name;

    internal static AbiType Elementary(string word)
    {
        switch (word)
        {
            case "address":
                return new AbiType(AbiKind.Address, word, 0, null, []);
            case "bool":
                return new AbiType(AbiKind.Bool, word, 0, null, []);
            case "bytes":
                return new AbiType(AbiKind.Bytes, word, 0, null, []);
            case "string":
                return new AbiType(AbiKind.String, word, 0, null, []);
            case "uint" or "int":
                return Elementary(word + "256");
        }

        if (TrySized(word, "uint", out var bits) && bits is >= 8 and <= 256 && bits % 8 == 0)
            return new AbiType(AbiKind.UInt, word, bits, null, []);
        if (TrySized(word, "int", out bits) && bits is >= 8 and <= 256 && bits % 8 == 0)
            return new AbiType(AbiKind.Int, word, bits, null, []);
        if (TrySized(word, "bytes", out var length) && length is >= 1 and <= WordLength)
            return new AbiType(AbiKind.FixedBytes, word, length, null, []);
        throw new AbiException($"There is no ABI type {word}.");
    }

    internal static AbiType ArrayOf(AbiType element) =>
        new(AbiKind.Array, element.Name + "[]", 0, element, []);

    internal static AbiType FixedArrayOf(AbiType element, int length) =>
        new(AbiKind.FixedArray, $"{element.Name}[{length}]", length, element, []);

    internal static AbiType TupleOf(IReadOnlyList<AbiType> components) =>
        new(AbiKind.Tuple, $"({string.Join(',', components.Select(c => c.Name))})", 0, null, components);

    // The canonical spelling only: no sign, no leading zero.
    private static bool TrySized(string word, string prefix, out int size)
    {
        size = 0;
        var digits = word.AsSpan(Math.Min(prefix.Length, word.Length));
        return word.StartsWith(prefix, StringComparison.Ordinal) && digits.Length is >= 1 and <= 3 && digits[0] != '0'
            && int.TryParse(digits, System.Globalization.NumberStyles.None, null, out size);
    }

    private int StaticLength() => Kind switch
    {
        AbiKind.FixedArray => checked(Size * Element!.HeadLength),
        AbiKind.Tuple => Components.Sum(c => c.HeadLength),
        _ => WordLength,
    };
}
