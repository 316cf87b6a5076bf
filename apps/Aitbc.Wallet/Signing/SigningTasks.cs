using System.Runtime.InteropServices;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Budgets.Reading;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Signing;

/// <summary>What can be signed, whichever door it comes through: a transaction, a message, typed data.</summary>
internal static class SigningTasks
{
    /// <summary>Version bytes of EIP-191: what follows in the payload of a line is typed data, or a message.</summary>
    public const byte TypedDataMark = 0x01;

    public const byte MessageMark = 0x45;

    private const int LongestRawTransaction = 128 * 1024;

    public static SigningTask Transaction(Address from, Transaction transaction, SpendPurpose? purpose) => new(
        from,
        transaction.SigningHash(),
        () => TransactionSpend.Read(transaction, from),
        async (signer, cancel) =>
        {
            var signed = await signer.SignTransactionAsync(transaction, cancel);
            return signed.Value is { } value ? Signed(value) : signed.Refusal!;
        },
        purpose);

    public static SigningTask Message(Address from, byte[] message) => new(
        from,
        Eip191.HashMessage(message),
        () => MessageSpend.Read(message),
        async (signer, cancel) => Signature(await signer.SignMessageAsync(message, cancel)),
        null)
    {
        Payload = [MessageMark, .. message],
    };

    public static Verdict<SigningTask> TypedData(Address from, JsonElement typedData, SpendPurpose? purpose)
    {
        try
        {
            var digest = Eip712.HashTypedData(typedData);
            return new SigningTask(
                from,
                digest,
                () => TypedDataSpend.Read(typedData, digest),
                async (signer, cancel) => Signature(await signer.SignTypedDataAsync(typedData, digest, cancel)),
                purpose)
            {
                Payload = [TypedDataMark, .. JsonMarshal.GetRawUtf8Value(typedData)],
            };
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException
            or KeyNotFoundException or OverflowException or JsonException)
        {
            return Refusal.InvalidRequest($"typedData is not valid EIP-712 data: {e.Message}");
        }
    }

    private static Verdict<SignedAnswer> Signed(Transaction transaction)
    {
        var raw = transaction.Encode().ToArray();
        if (raw.Length > LongestRawTransaction)
            return Refusal.TransactionTooLarge;
        var answer = new SignedTransaction(raw, transaction.Hash);
        return new SignedAnswer(
            JsonSerializer.SerializeToUtf8Bytes(answer, WalletJson.Default.SignedTransaction), transaction.Hash);
    }

    private static Verdict<SignedAnswer> Signature(Verdict<SignatureBytes> signed) => signed.Value is { } value
        ? new SignedAnswer(
            JsonSerializer.SerializeToUtf8Bytes(
                new SignatureAnswer(value.Bytes), WalletJson.Default.SignatureAnswer),
            null)
        : signed.Refusal!;
}
