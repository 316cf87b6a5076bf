using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments;

/// <summary>What this provider asks for, and whether a payment says that it pays just that.</summary>
internal sealed class PaymentOffers(ProviderOptions options)
{
    /// <summary>Seconds for which a payment is to be valid: the longest wait for a first piece.</summary>
    public const int TimeoutSeconds = 300;

    public ulong WithdrawDelay { get; } = (ulong)options.Payments.WithdrawDelaySeconds;

    /// <summary>The value of PAYMENT-REQUIRED.</summary>
    public string Required(PaidRequest request, ProviderIdentity me, string? error, ChannelCorrection? correction)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("x402Version", 2);
            if (error is not null)
                json.WriteString("error", error);
            json.WriteStartObject("resource");
            json.WriteString("url", request.Url);
            json.WriteString("description", request.Description);
            json.WriteEndObject();
            json.WriteStartArray("accepts");
            if (!request.IsSliced)
                Offer(json, PaymentOffer.Exact, request.Cap, me, null);
            Offer(json, PaymentOffer.BatchSettlement, request.Slice, me, correction);
            json.WriteEndArray();
            if (PaymentDiscovery.Find(request.Url) is { } extensions)
            {
                json.WritePropertyName("extensions");
                json.WriteRawValue(extensions, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return Convert.ToBase64String(buffer.WrittenSpan);
    }

    /// <summary>By value: keys may come in another order, and more of them may be in <c>extra</c>.</summary>
    public bool Matches(PresentedPayment payment, PaidRequest request, ProviderIdentity me)
    {
        var accepted = payment.Accepted;
        var isTransfer = payment is PresentedTransfer;
        return (!isTransfer || !request.IsSliced)
            && Is(accepted, "scheme", isTransfer ? PaymentOffer.Exact : PaymentOffer.BatchSettlement)
            && Is(accepted, "network", Network(me))
            && Is(accepted, "amount", (isTransfer ? request.Cap : request.Slice).ToString())
            && IsAddress(accepted, "asset", SystemContractAddresses.Token)
            && IsAddress(accepted, "payTo", me.Address)
            && IsNumber(accepted, "maxTimeoutSeconds", TimeoutSeconds)
            && accepted.TryGetProperty("extra", out var extra) && extra.ValueKind == JsonValueKind.Object
            && Is(extra, "name", TokenMessages.Name) && Is(extra, "version", TokenMessages.Version)
            && (isTransfer || (IsAddress(extra, "receiverAuthorizer", me.Address)
                && IsNumber(extra, "withdrawDelay", (long)WithdrawDelay)));
    }

    public static string Network(ProviderIdentity me) => $"eip155:{me.ChainId}";

    private void Offer(
        Utf8JsonWriter json, string scheme, UInt256 amount, ProviderIdentity me, ChannelCorrection? correction)
    {
        json.WriteStartObject();
        json.WriteString("scheme", scheme);
        json.WriteString("network", Network(me));
        json.WriteString("amount", amount.ToString());
        json.WriteString("asset", SystemContractAddresses.Token.ToString());
        json.WriteString("payTo", me.Address.ToString());
        json.WriteNumber("maxTimeoutSeconds", TimeoutSeconds);
        json.WriteStartObject("extra");
        json.WriteString("name", TokenMessages.Name);
        json.WriteString("version", TokenMessages.Version);
        if (scheme == PaymentOffer.BatchSettlement)
        {
            json.WriteString("receiverAuthorizer", me.Address.ToString());
            json.WriteNumber("withdrawDelay", WithdrawDelay);
            if (correction is not null)
                Correct(json, correction);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Correct(Utf8JsonWriter json, ChannelCorrection correction)
    {
        json.WriteStartObject("channelState");
        json.WriteString("channelId", correction.Channel.ToHex());
        json.WriteString("balance", correction.Balance.ToString());
        json.WriteString("totalClaimed", correction.Claimed.ToString());
        json.WriteString("chargedCumulativeAmount", correction.Charged.ToString());
        json.WriteEndObject();
        // Without a voucher that was seen there is nothing to prove: the chain's total holds.
        if (correction.Signature.Length == 0)
            return;
        json.WriteStartObject("voucherState");
        json.WriteString("signedMaxClaimable", correction.Signed.ToString());
        json.WriteString("signature", correction.Signature);
        json.WriteEndObject();
    }

    private static bool Is(JsonElement element, string name, string wanted) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(wanted);

    private static bool IsAddress(JsonElement element, string name, Address wanted) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && Address.TryParse(value.GetString(), out var address) && address == wanted;

    private static bool IsNumber(JsonElement element, string name, long wanted) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number) && number == wanted;
}
