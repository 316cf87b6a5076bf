using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;

namespace Aitbc.Spender;

/// <summary>
/// Spends in turn by an authorization of EIP-3009, by a payment of x402 and by a transfer that the wallet sends. What
/// is not a transaction yet it hands in to the chain itself.
/// </summary>
internal sealed class Agent(Plan plan) : IDisposable
{
    private const string Token = "0x0000000000000000000000000000000000001001";
    private const ulong HandInGas = 200_000;

    private static readonly AbiFunction HandIn = AbiFunction.Parse(
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)");

    private readonly Tally tally = new();
    private readonly HttpClient http = new() { BaseAddress = plan.Node };
    private readonly PrivateKey relayer = TestAccounts.Key(plan.Relayer);
    private ulong nonce;

    public async Task<Tally> RunAsync()
    {
        using var wallet = new WalletDoor(plan, tally);
        for (var i = 0; i < plan.Values.Count; i++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{plan.Name}-{i}");
            await ((i % 3) switch
            {
                0 => AuthorizeAsync(wallet, plan.Values[i], key),
                1 => PayAsync(wallet, plan.Values[i], key),
                _ => TransferAsync(wallet, plan.Values[i], key),
            });
        }

        return tally;
    }

    public void Dispose()
    {
        http.Dispose();
        relayer.Dispose();
    }

    private async Task AuthorizeAsync(WalletDoor wallet, ulong value, string key)
    {
        var word = Hex.ToHex(RandomNumberGenerator.GetBytes(32));
        var message = new JsonObject
        {
            ["from"] = plan.Account,
            ["to"] = Plan.Payee.ToString(),
            ["value"] = value.ToString(CultureInfo.InvariantCulture),
            ["validAfter"] = "0",
            ["validBefore"] = "4000000000",
            ["nonce"] = word,
        };
        var asked = new JsonObject { ["from"] = plan.Account, ["typedData"] = TypedData(message.DeepClone()) };
        if (await wallet.AskAsync("v1/sign/typed-data", asked, key) is not { } answer)
            return;
        await HandInAsync(message, (string)answer["signature"]!);
        tally.Authorizations.Add(word, value);
    }

    private async Task PayAsync(WalletDoor wallet, ulong value, string key)
    {
        var asked = new JsonObject
        {
            ["paymentRequired"] = Required(value),
            ["method"] = "GET",
            ["url"] = "http://127.0.0.1/" + key,
            ["maxAmount"] = value.ToString(CultureInfo.InvariantCulture),
        };
        if (await wallet.AskAsync("v1/pay", asked, key) is not { } answer)
            return;
        var payload = JsonNode.Parse(Convert.FromBase64String((string)answer["header"]!))!["payload"]!;
        await HandInAsync(payload["authorization"]!, (string)payload["signature"]!);
        tally.Payments.Add((long)answer["id"]!, value);
    }

    private async Task TransferAsync(WalletDoor wallet, ulong value, string key)
    {
        var asked = new JsonObject
        {
            ["id"] = 1,
            ["method"] = "eth_sendTransaction",
            ["params"] = new JsonArray(new JsonObject
            {
                ["from"] = plan.Account,
                ["to"] = Plan.Payee.ToString(),
                ["value"] = $"0x{value:x}",
                ["gas"] = $"0x{Plan.Gas:x}",
                ["maxFeePerGas"] = $"0x{Plan.MaxFee:x}",
                ["maxPriorityFeePerGas"] = "0x1",
            }),
        };
        if (await wallet.AskAsync("rpc", asked, key) is { } answer)
            tally.Transfers.Add((string)answer["result"]!, value);
    }

    private Task<Hash256> HandInAsync(JsonNode authorization, string signature)
    {
        var data = HandIn.EncodeCall(
            Address.Parse((string)authorization["from"]!),
            Address.Parse((string)authorization["to"]!),
            UInt256.Parse((string)authorization["value"]!),
            UInt256.Parse((string)authorization["validAfter"]!),
            UInt256.Parse((string)authorization["validBefore"]!),
            Hash256.Parse((string)authorization["nonce"]!),
            Hex.Parse(signature));
        var transaction = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = Plan.ChainId,
            Nonce = nonce++,
            MaxFeePerGas = Plan.MaxFee,
            MaxPriorityFeePerGas = UInt256.One,
            GasLimit = HandInGas,
            To = Address.Parse(Token),
            Value = default,
            Data = data,
        }.Sign(relayer);
        return new ChainClient(http).SendRawAsync(transaction.Encode());
    }

    private static JsonObject TypedData(JsonNode message) => new()
    {
        ["types"] = new JsonObject
        {
            ["TransferWithAuthorization"] = new JsonArray([.. new[]
            {
                ("from", "address"), ("to", "address"), ("value", "uint256"), ("validAfter", "uint256"),
                ("validBefore", "uint256"), ("nonce", "bytes32"),
            }.Select(m => new JsonObject { ["name"] = m.Item1, ["type"] = m.Item2 })]),
        },
        ["primaryType"] = "TransferWithAuthorization",
        ["domain"] = new JsonObject
        {
            ["name"] = "AIT",
            ["version"] = "1",
            ["chainId"] = Plan.ChainId,
            ["verifyingContract"] = Token,
        },
        ["message"] = message,
    };

    private static string Required(ulong value) => Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["x402Version"] = 2,
        ["accepts"] = new JsonArray(new JsonObject
        {
            ["scheme"] = "exact",
            ["network"] = $"eip155:{Plan.ChainId}",
            ["amount"] = value.ToString(CultureInfo.InvariantCulture),
            ["asset"] = Token,
            ["payTo"] = Plan.Payee.ToString(),
            ["maxTimeoutSeconds"] = 3_600,
            ["extra"] = new JsonObject { ["name"] = "AIT", ["version"] = "1" },
        }),
    }.ToJsonString()));
}
