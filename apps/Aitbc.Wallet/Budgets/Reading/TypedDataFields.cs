using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Wallet.Budgets.Reading;

/// <summary>The members of eth_signTypedData_v4 JSON. What is missing or of another form throws.</summary>
internal sealed class TypedDataFields
{
    private readonly JsonElement message;

    public TypedDataFields(JsonElement typedData)
    {
        PrimaryType = typedData.GetProperty("primaryType").GetString() ?? "";
        message = typedData.GetProperty("message");
        var domain = typedData.GetProperty("domain");
        Domain = new Eip712Domain
        {
            Name = Text(domain, "name"),
            Version = Text(domain, "version"),
            ChainId = domain.TryGetProperty("chainId", out var chain) ? Number(chain) : null,
            VerifyingContract = ContractOf(typedData),
            Salt = Text(domain, "salt") is { } salt ? Hash256.Parse(salt) : null,
        };
    }

    public string PrimaryType { get; }

    public Eip712Domain Domain { get; }

    public static Address? ContractOf(JsonElement typedData) =>
        typedData.ValueKind == JsonValueKind.Object && typedData.TryGetProperty("domain", out var domain)
            && domain.ValueKind == JsonValueKind.Object
            && Text(domain, "verifyingContract") is { } text
            && Primitives.Address.TryParse(text, out var contract)
            ? contract
            : null;

    public Address Address(string name) => Primitives.Address.Parse(message.GetProperty(name).GetString() ?? "");

    public UInt256 Number(string name) => Number(message.GetProperty(name));

    public Hash256 Word(string name) => Hash256.Parse(message.GetProperty(name).GetString() ?? "");

    private static UInt256 Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.GetUInt64()
        : UInt256.Parse(element.GetString() ?? throw new FormatException("A number is missing."));

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
