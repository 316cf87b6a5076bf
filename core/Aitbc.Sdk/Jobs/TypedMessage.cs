using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// A flat EIP-712 message: its digest for verifiers, and the JSON of eth_signTypedData_v4 for wallets, from one
/// list of values, so that what is signed and what is verified cannot differ.
/// </summary>
internal sealed class TypedMessage(Eip712Domain domain, Eip712Type type, params object[] values)
{
    public Hash256 Digest() => Eip712.Digest(domain, type.HashStruct([.. values]));

    public JsonElement ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json);
        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter json)
    {
        var name = type.Encoded[..type.Encoded.IndexOf('(', StringComparison.Ordinal)];
        var members = type.Encoded[(name.Length + 1)..^1].Split(',').Select(m => m.Split(' ')).ToArray();
        json.WriteStartObject();
        json.WriteStartObject("types");
        WriteType(json, "EIP712Domain", DomainMembers());
        WriteType(json, name, members);
        json.WriteEndObject();
        json.WriteString("primaryType", name);
        json.WriteStartObject("domain");
        if (domain.Name is { } domainName)
            json.WriteString("name", domainName);
        if (domain.Version is { } version)
            json.WriteString("version", version);
        if (domain.ChainId is { } chainId)
            json.WriteString("chainId", chainId.ToString());
        if (domain.VerifyingContract is { } contract)
            json.WriteString("verifyingContract", contract.ToString());
        json.WriteEndObject();
        json.WriteStartObject("message");
        for (var i = 0; i < members.Length; i++)
            WriteValue(json, members[i][1], values[i]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, object value)
    {
        if (value is not object?[] items)
        {
            json.WriteString(name, value.ToString());
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
            json.WriteStringValue(item?.ToString());
        json.WriteEndArray();
    }

    private IEnumerable<string[]> DomainMembers()
    {
        if (domain.Name is not null)
            yield return ["string", "name"];
        if (domain.Version is not null)
            yield return ["string", "version"];
        if (domain.ChainId is not null)
            yield return ["uint256", "chainId"];
        if (domain.VerifyingContract is not null)
            yield return ["address", "verifyingContract"];
    }

    private static void WriteType(Utf8JsonWriter json, string name, IEnumerable<string[]> members)
    {
        json.WriteStartArray(name);
        foreach (var member in members)
        {
            json.WriteStartObject();
            json.WriteString("name", member[1]);
            json.WriteString("type", member[0]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
