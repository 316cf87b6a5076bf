namespace Aitbc.Primitives.Abi;

/// <summary>A function or error of a contract: selector, arguments and results.</summary>
public sealed class AbiFunction
{
    private const int SelectorLength = 4;
    private readonly byte[] selector;

    private AbiFunction(string name, IReadOnlyList<AbiType> arguments, IReadOnlyList<AbiType> results)
    {
        Name = name;
        Arguments = arguments;
        Results = results;
        Signature = $"{name}({string.Join(',', arguments.Select(a => a.Name))})";
        selector = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(Signature)).ToArray()[..SelectorLength];
    }

    /// <summary>The name alone.</summary>
    public string Name { get; }

    /// <summary>The canonical signature that the selector is a hash of.</summary>
    public string Signature { get; }

    /// <summary>Types of the arguments.</summary>
    public IReadOnlyList<AbiType> Arguments { get; }

    /// <summary>Types of the results; empty if the signature named none.</summary>
    public IReadOnlyList<AbiType> Results { get; }

    /// <summary>The first 4 bytes of the signature's Keccak-256.</summary>
    public ReadOnlySpan<byte> Selector => selector;

    /// <summary>
    /// Reads <c>name(types)</c>, <c>name(types)(results)</c> or <c>name(types) returns (results)</c>; parameter names
    /// are ignored.
    /// </summary>
    /// <exception cref="AbiException">Not a signature.</exception>
    public static AbiFunction Parse(string signature)
    {
        var reader = new AbiSignatureReader(signature);
        var name = reader.ReadWord();
        if (name.Length == 0)
            throw reader.Wrong("the name is missing");
        var arguments = reader.ReadParameters();
        List<AbiParameter> results = [];
        if (!reader.AtEnd)
        {
            for (var word = reader.ReadWord(); word.Length > 0; word = reader.ReadWord())
            {
                if (word is not ("returns" or "view" or "pure" or "payable" or "external" or "public"))
                    throw reader.Wrong($"{word} is not expected");
            }

            if (!reader.AtEnd)
                results = reader.ReadParameters();
        }

        return reader.AtEnd
            ? new AbiFunction(name, [.. arguments.Select(a => a.Type)], [.. results.Select(r => r.Type)])
            : throw reader.Wrong("characters follow the signature");
    }

    /// <summary>Selector and encoded arguments.</summary>
    /// <exception cref="AbiException">A value does not fit.</exception>
    public byte[] EncodeCall(params object?[] values) => [.. selector, .. AbiCodec.Encode(Arguments, values)];

    /// <summary>Encodes results as the function returns them.</summary>
    /// <exception cref="AbiException">A value does not fit.</exception>
    public byte[] EncodeResult(params object?[] values) => AbiCodec.Encode(Results, values);

    /// <summary>Decodes call data or revert data after checking its selector.</summary>
    /// <exception cref="AbiException">Another selector, or no such arguments.</exception>
    public object?[] DecodeCall(ReadOnlySpan<byte> data) =>
        data.StartsWith(selector)
            ? AbiCodec.Decode(Arguments, data[SelectorLength..])
            : throw new AbiException($"The data do not start with the selector of {Signature}.");

    /// <summary>Decodes what the function returned.</summary>
    /// <exception cref="AbiException">No such results.</exception>
    public object?[] DecodeResult(ReadOnlySpan<byte> data) => AbiCodec.Decode(Results, data);

    /// <inheritdoc />
    public override string ToString() => Signature;
}
