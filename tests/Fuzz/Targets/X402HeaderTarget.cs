using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// What a server of x402 says, as JSON: once as the offer that a budget is to pay, and once as its answer to a payment.
/// </summary>
internal sealed class X402HeaderTarget : IFuzzTarget
{
    private readonly FuzzWallet wallet = new();
    private readonly string paid;
    private int count;

    public X402HeaderTarget() => paid = Pay(WalletSeeds.Offers[0].Bytes, "seed") is { } id
        ? $"/v1/pay/{id}/result"
        : throw new InvalidOperationException("The first seed is not paid.");

    public string Name => "x402-header";

    public IReadOnlyList<byte[]> Words => WalletSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WalletSeeds.Offers;

    public Allocation Bound { get; } = new(8 << 20, 20_000);

    public void Run(byte[] input)
    {
        Pay(input, string.Create(CultureInfo.InvariantCulture, $"k{count++}"));
        var header = Convert.ToBase64String(input);
        wallet.Ask("POST", paid, Bytes(new JsonObject
        {
            ["status"] = 402,
            ["paymentResponse"] = header,
            ["paymentRequired"] = header,
        }));
        // As it came: what is no base64 at all.
        wallet.Ask("POST", paid, Bytes(new JsonObject
        {
            ["status"] = 200,
            ["paymentResponse"] = Encoding.Latin1.GetString(input),
        }));
    }

    public void Dispose() => wallet.Dispose();

    private long? Pay(byte[] offer, string key)
    {
        var asked = new JsonObject
        {
            ["paymentRequired"] = Convert.ToBase64String(offer),
            ["method"] = "GET",
            ["url"] = "http://127.0.0.1/",
            ["maxAmount"] = "1000000",
        };
        var (status, body) = wallet.Ask("POST", "/v1/pay", Bytes(asked), key: key);
        return status == 200 ? JsonDocument.Parse(body).RootElement.GetProperty("id").GetInt64() : null;
    }

    private static byte[] Bytes(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json);
}
