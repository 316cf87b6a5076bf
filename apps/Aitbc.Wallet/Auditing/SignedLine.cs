using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Budgets.Reading;
using Aitbc.Wallet.Signing;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Auditing;

/// <summary>One signature read back from what the log keeps of it: who made it, and what it could take.</summary>
/// <param name="Signers">The accounts that the signatures of the line recover to, the one that pays first.</param>
/// <param name="Spend">As it is understood from the signed bytes alone.</param>
internal sealed record SignedLine(IReadOnlyList<Address> Signers, Spend Spend)
{
    /// <exception cref="FormatException">The line does not hold a signature.</exception>
    public static SignedLine Read(SpendRow row, UInt256? channelChain)
    {
        try
        {
            if (row.TransactionHash is not null)
                return OfTransaction(row);
            return row.Payload is { Length: > 0 } payload
                ? OfPayload(row, payload)
                : SignedPayment.Read(row, Answer(row, WalletJson.Default.Payment).Header, channelChain);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException
            or ArgumentException or OverflowException)
        {
            throw new FormatException("its answer cannot be read", e);
        }
    }

    public static Address Recover(Hash256 digest, byte[] signature) =>
        Signature.TryParse65(signature, out var parsed) && Secp256k1.TryRecover(digest, parsed, out var signer)
            ? signer
            : throw new FormatException("its signature is none");

    private static T Answer<T>(SpendRow row, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(row.Answer, type) ?? throw new FormatException("its answer is empty");

    private static SignedLine OfTransaction(SpendRow row)
    {
        var signed = Answer(row, WalletJson.Default.SignedTransaction);
        if (!TransactionCodec.TryDecode(signed.Raw, out var transaction, out _)
            || !transaction.TryRecoverSender(out var sender))
            throw new FormatException("its transaction cannot be read");
        if (transaction.Hash != Hash256.FromBytes(row.TransactionHash!))
            throw new FormatException("its transaction has another hash");
        return new SignedLine([sender], TransactionSpend.Read(transaction, sender));
    }

    private static SignedLine OfPayload(SpendRow row, byte[] payload)
    {
        var signature = Answer(row, WalletJson.Default.SignatureAnswer).Signature;
        var content = payload.AsSpan(1);
        if (payload[0] == SigningTasks.MessageMark)
            return new SignedLine([Recover(Eip191.HashMessage(content), signature)], MessageSpend.Read(content));
        if (payload[0] != SigningTasks.TypedDataMark)
            throw new FormatException("its payload is of no kind that is signed");
        using var json = JsonDocument.Parse(payload.AsMemory(1));
        var digest = Eip712.HashTypedData(json.RootElement);
        return new SignedLine([Recover(digest, signature)], TypedDataSpend.Read(json.RootElement, digest));
    }
}
