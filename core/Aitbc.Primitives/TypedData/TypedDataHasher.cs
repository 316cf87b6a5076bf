using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Primitives.TypedData;

/// <summary>Hashes one typed-data object. Types come from the caller, so their number and depth are bounded.</summary>
internal sealed class TypedDataHasher
{
    private const string DomainType = "EIP712Domain";
    private const int MostTypes = 256;
    private const int MostMembers = 256;
    private const int DeepestValue = 64;

    // In the order of the EIP.
    private static readonly (string Name, string Type)[] DomainMembers =
    [
        ("name", "string"),
        ("version", "string"),
        ("chainId", "uint256"),
        ("verifyingContract", "address"),
        ("salt", "bytes32"),
    ];

    private readonly Dictionary<string, (string Name, string Type)[]> types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Hash256> typeHashes = new(StringComparer.Ordinal);
    private readonly string primaryType;
    private readonly JsonElement domain;
    private readonly JsonElement message;

    public TypedDataHasher(JsonElement typedData)
    {
        var declared = Member(typedData, "types", JsonValueKind.Object);
        domain = Member(typedData, "domain", JsonValueKind.Object);
        primaryType = Member(typedData, "primaryType", JsonValueKind.String).GetString()!;
        foreach (var type in declared.EnumerateObject())
        {
            if (types.Count == MostTypes)
                throw new FormatException($"More than {MostTypes} types.");
            if (type.Value.ValueKind != JsonValueKind.Array || type.Value.GetArrayLength() > MostMembers)
                throw new FormatException($"The type {type.Name} is no list of at most {MostMembers} members.");
            types[type.Name] = [.. type.Value.EnumerateArray().Select(m => (
                Member(m, "name", JsonValueKind.String).GetString()!,
                Member(m, "type", JsonValueKind.String).GetString()!))];
        }

        if (!types.ContainsKey(DomainType))
            types[DomainType] = [.. DomainMembers.Where(m => domain.TryGetProperty(m.Name, out _))];
        if (!types.ContainsKey(primaryType))
            throw new FormatException($"The primary type {primaryType} is not among the types.");
        message = primaryType == DomainType ? default : Member(typedData, "message", JsonValueKind.Object);
    }

    public Hash256 Digest()
    {
        var separator = HashStruct(DomainType, domain, 0);
        if (primaryType != DomainType)
            return Eip712.Digest(separator, HashStruct(primaryType, message, 0));

        // eth-sig-util's rule: a domain alone is signed without a message.
        return Keccak256.Hash([0x19, 0x01, .. separator.ToArray()]);
    }

    private Hash256 HashStruct(string type, JsonElement value, int depth)
    {
        if (depth > DeepestValue)
            throw new FormatException("The message is nested too deep.");
        if (value.ValueKind != JsonValueKind.Object)
            throw new FormatException($"A {type} is an object.");
        var members = types[type];
        var data = new byte[Hash256.Length * (1 + members.Length)];
        TypeHash(type).CopyTo(data);
        for (var i = 0; i < members.Length; i++)
        {
            value.TryGetProperty(members[i].Name, out var member);
            EncodeValue(members[i].Type, members[i].Name, member, depth + 1)
                .CopyTo(data.AsSpan(Hash256.Length * (i + 1)));
        }

        return Keccak256.Hash(data);
    }

    private byte[] EncodeValue(string type, string name, JsonElement value, int depth)
    {
        if (depth > DeepestValue)
            throw new FormatException("The message is nested too deep.");
        if (type.EndsWith(']'))
            return EncodeArray(type, name, value, depth);
        if (types.ContainsKey(type))
        {
            return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined
                ? new byte[Hash256.Length] // the rule of eth_signTypedData_v4 for a struct that is not there
                : HashStruct(type, value, depth).ToArray();
        }

        var atom = AbiType.Parse(type);
        if (atom.Name != type)
            throw new FormatException($"The type {type} is written {atom.Name} here.");
        try
        {
            return Eip712Type.EncodeValue(atom, TypedDataValue.Read(atom, value));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"The member {name} is no {type}.", e);
        }
    }

    private byte[] EncodeArray(string type, string name, JsonElement value, int depth)
    {
        var open = type.LastIndexOf('[');
        if (open < 1 || value.ValueKind != JsonValueKind.Array)
            throw new FormatException($"The member {name} is no {type}.");
        var length = type.AsSpan()[(open + 1)..^1];
        if (!length.IsEmpty && (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || n != value.GetArrayLength()))
        {
            throw new FormatException($"The member {name} is no {type}.");
        }

        using var items = new MemoryStream();
        foreach (var item in value.EnumerateArray())
            items.Write(EncodeValue(type[..open], name, item, depth + 1));
        return Keccak256.Hash(items.GetBuffer().AsSpan(0, (int)items.Length)).ToArray();
    }

    private Hash256 TypeHash(string type)
    {
        if (typeHashes.TryGetValue(type, out var known))
            return known;
        var referenced = new SortedSet<string>(StringComparer.Ordinal);
        Collect(type, referenced);
        referenced.Remove(type);
        var text = new StringBuilder();
        foreach (var name in referenced.Prepend(type))
            text.Append(name).Append('(').AppendJoin(',', types[name].Select(m => $"{m.Type} {m.Name}")).Append(')');
        return typeHashes[type] = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void Collect(string type, SortedSet<string> found)
    {
        var waiting = new Stack<string>([type]);
        while (waiting.TryPop(out var next))
        {
            if (!found.Add(next))
                continue;
            foreach (var member in types[next])
            {
                var bare = member.Type.Split('[', 2)[0];
                if (types.ContainsKey(bare))
                    waiting.Push(bare);
            }
        }
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            && member.ValueKind == kind
            ? member
            : throw new FormatException($"Typed data need the member {name} ({kind}).");
}

/// <summary>Values of typed data as wallets' JSON writes them.</summary>
internal static class TypedDataValue
{
    private const int LongestNumber = 80;

    public static object Read(AbiType type, JsonElement value) => type.Kind switch
    {
        AbiKind.UInt => UInt256.FromBigInteger(Number(value)),
        AbiKind.Int => Number(value),
        AbiKind.Bool when value.ValueKind is JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        AbiKind.Address => Address.Parse(Text(value)),
        AbiKind.FixedBytes when type.Size == Hash256.Length => Hash256.Parse(Text(value)),
        AbiKind.FixedBytes or AbiKind.Bytes => Hex.Parse(Text(value)),
        AbiKind.String => Text(value),
        _ => throw new FormatException("The value is of another kind."),
    };

    // Numbers travel as JSON integers, decimal strings or 0x hex strings; a sign stands before either.
    private static BigInteger Number(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(value);
        var negative = text.StartsWith('-');
        var digits = negative ? text[1..] : text;
        if (digits.Length > LongestNumber)
            throw new FormatException("The number is too long.");
        var number = UInt256.Parse(digits).ToBigInteger();
        return negative ? -number : number;
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException("Not a string.");
}
