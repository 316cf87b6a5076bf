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

    /// <summary>
    /// Reads for example <c>Transfer(address indexed from, address indexed to, uint256 value)</c>. Indexed arguments
    /// are of one word, or bytes or a string, whose topic is their Keccak-256.
    /// </summary>
    /// <exception cref="AbiException">Not a signature, or an indexed array or tuple.</exception>
    public static AbiEvent Parse(string signature)
    {
        var reader = new AbiSignatureReader(signature);
        var name = reader.ReadWord();
        var parameters = reader.ReadParameters();
        if (name.Length == 0 || !reader.AtEnd)
            throw reader.Wrong("an event is written Name(type indexed name,...)");
        return parameters.Count(p => p.Indexed) <= 3
            && parameters.TrueForAll(p => !p.Indexed || p.Type.Kind <= AbiKind.String)
            ? new AbiEvent(name, [.. parameters])
            : throw reader.Wrong("at most three arguments, no arrays and no tuples, are indexed here");
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
                topics.Add(Topic(parameters[i].Type, values[i]));
            else
                others.Add(values[i]);
        }

        return (topics, AbiCodec.Encode(plain, [.. others]));
    }

    /// <summary>
    /// The values of a log in declared order, or null if it is a log of another event. Indexed bytes and strings are
    /// not in a log: their Keccak-256 (a <see cref="Hash256"/>) stands for them.
    /// </summary>
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
            values[i] = parameters[i] switch
            {
                { Indexed: false } => others[other++],
                { Type.IsDynamic: true } => topics[topic++],
                { Type: var type } => AbiCodec.Decode([type], topics[topic++].ToArray())[0],
            };
        }

        return values;
    }

    /// <inheritdoc />
    public override string ToString() => Signature;

    private static Hash256 Topic(AbiType type, object? value) => (type.Kind, value) switch
    {
        (AbiKind.String, string text) => Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text)),
        (AbiKind.Bytes, byte[] bytes) => Keccak256.Hash(bytes),
        ( < AbiKind.Bytes, _) => Hash256.FromBytes(AbiCodec.Encode([type], value)),
        _ => throw new AbiException($"A value does not fit the type {type}."),
    };
}
