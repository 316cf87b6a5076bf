using System.Text.Json;

namespace Aitbc.Primitives.TypedData;

/// <summary>Typed structured data of EIP-712.</summary>
public static class Eip712
{
    private const int DeepestJson = 64;

    /// <summary>keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ hashStruct(message)).</summary>
    public static Hash256 Digest(Eip712Domain domain, Hash256 structHash)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return Digest(domain.Separator(), structHash);
    }

    /// <summary>keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ hashStruct(message)).</summary>
    public static Hash256 Digest(Hash256 domainSeparator, Hash256 structHash)
    {
        Span<byte> data = stackalloc byte[2 + (2 * Hash256.Length)];
        data[0] = 0x19;
        data[1] = 0x01;
        domainSeparator.CopyTo(data[2..]);
        structHash.CopyTo(data[(2 + Hash256.Length)..]);
        return Keccak256.Hash(data);
    }

    /// <summary>
    /// Digest of the JSON that wallets take (eth_signTypedData_v4): <c>{types, primaryType, domain, message}</c>. If
    /// types lacks EIP712Domain, the domain's type follows from the members that are there.
    /// </summary>
    /// <exception cref="FormatException">Not such an object, an unknown type, or a value that does not fit.</exception>
    public static Hash256 HashTypedData(JsonElement typedData) => new TypedDataHasher(typedData).Digest();

    /// <summary>As the other overload, from text.</summary>
    /// <exception cref="FormatException">Not JSON, or not such an object.</exception>
    public static Hash256 HashTypedData(string typedData)
    {
        try
        {
            using var json = JsonDocument.Parse(typedData, new JsonDocumentOptions { MaxDepth = DeepestJson });
            return HashTypedData(json.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException("The typed data are not JSON.", e);
        }
    }
}
