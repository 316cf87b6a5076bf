namespace Aitbc.Primitives.Abi;

/// <summary>An event of a contract: topics of the indexed arguments, data of the others.</summary>
public sealed class AbiEvent
{
    private readonly AbiParameter[] parameters;
    private readonly AbiType[] plain;

    private AbiEvent(string name, AbiParameter[] parameters)
    {
        Name = name;
        this.parameters = parameters;
        plain = [.. parameters.Where(p => !p.Indexed).Select(p => p.Type)];
        Signature = $"{name}({string.Join(',', parameters.Select(p => p.Type.Name))})";
        Topic0 = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(Signature));
    }

    /// <summary>The name alone.</summary>
    public string Name { get; }

    /// <summary>The canonical signature.</summary>
    public string Signature { get; }

    /// <summary>Keccak-256 of the signature: the first topic.</summary>
    public Hash256 Topic0 { get; }

    /// <summary>Reads for example <c>Transfer(address indexed from, address indexed to, uint256 value)</c>.</summary>
    /// <exception cref="AbiException">Not a signature, or an indexed argument of a type that takes no single
    /// word.</exception>
    public static AbiEvent Parse(string signature)
    {
        var reader = new AbiSignatureReader(signature);
        var name = reader.ReadWord();
        var parameters = reader.ReadParameters();
        if (name.Length == 0 || !reader.AtEnd)
            throw reader.Wrong("an event is written Name(type indexed name,...)");
        return parameters.Count(p => p.Indexed) <= 3
            && parameters.TrueForAll(p => !p.Indexed || p.Type.Kind < AbiKind.Bytes)
            ? new AbiEvent(name, [.. parameters])
            : throw reader.Wrong("at most three arguments, each of one word, are indexed here");
    }

    /// <summary>
    /// Topics (the first is <see cref="Topic0"/>) and data of a log with these values, in declared order.
    /// </summary>
    /// <exception cref="AbiException">A value does not fit.</exception>
    public (IReadOnlyList<Hash256> Topics, byte[] Data) Encode(params object?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != parameters.Length)
            throw new AbiException($"{Signature} has {parameters.Length} arguments, {values.Length} are given.");
        List<Hash256> topics = [Topic0];
        List<object?> others = [];
        for (var i = 0; i < values.Length; i++)
        {
            if (parameters[i].Indexed)
                topics.Add(Hash256.FromBytes(AbiCodec.Encode([parameters[i].Type], values[i])));
            else
                others.Add(values[i]);
        }

        return (topics, AbiCodec.Encode(plain, [.. others]));
    }

    /// <summary>The values of a log in declared order, or null if it is a log of another event.</summary>
    /// <exception cref="AbiException">The log has this event's first topic and other contents.</exception>
    public object?[]? TryDecode(IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topics.Count == 0 || topics[0] != Topic0)
            return null;
        if (topics.Count != 1 + parameters.Length - plain.Length)
            throw new AbiException($"A log of {Signature} has {topics.Count} topics.");
        var others = AbiCodec.Decode(plain, data);
        var values = new object?[parameters.Length];
        var (topic, other) = (1, 0);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = parameters[i].Indexed
                ? AbiCodec.Decode([parameters[i].Type], topics[topic++].ToArray())[0]
                : others[other++];
        }

        return values;
    }

    /// <inheritdoc />
    public override string ToString() => Signature;
}
