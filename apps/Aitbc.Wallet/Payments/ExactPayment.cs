using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;

namespace Aitbc.Wallet.Payments;

/// <summary>Scheme exact: one signed transfer of the price, valid for as long as the server wants, within a
/// bound.</summary>
internal static class ExactPayment
{
    public const string Kind = "x402-exact";

    public static PlannedPayment Plan(PaymentOffer offer, Budget budget, UInt256 chainId, ulong validBefore)
    {
        var authorization = new TokenAuthorization(
            budget.Account, offer.PayTo, offer.Amount, 0, validBefore, RandomWord());
        var spend = new Spend(Kind, offer.Amount)
        {
            Payee = offer.PayTo,
            Contract = SystemContractAddresses.Token,
            Price = offer.Amount,
            AuthorizationNonce = authorization.Nonce,
            ValidBefore = validBefore,
        };
        return new PlannedPayment(offer, spend, (writer, key) => Write(writer, authorization, key!, chainId))
        {
            Price = offer.Amount,
        };
    }

    public static Hash256 RandomWord()
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        RandomNumberGenerator.Fill(bytes);
        return Hash256.FromBytes(bytes);
    }

    private static void Write(Utf8JsonWriter writer, TokenAuthorization a, PrivateKey key, UInt256 chainId)
    {
        var signature = key.Sign(TokenMessages.Transfer(TokenMessages.Domain(chainId), a));
        writer.WriteStartObject();
        writer.WriteStartObject("authorization");
        writer.WriteString("from", a.From.ToString());
        writer.WriteString("to", a.To.ToString());
        writer.WriteString("value", a.Value.ToString());
        writer.WriteString("validAfter", "0");
        writer.WriteString("validBefore", ((UInt256)a.ValidBefore).ToString());
        writer.WriteString("nonce", a.Nonce.ToHex());
        writer.WriteEndObject();
        writer.WriteString("signature", Hex.ToHex(signature.ToBytes65()));
        writer.WriteEndObject();
    }
}
