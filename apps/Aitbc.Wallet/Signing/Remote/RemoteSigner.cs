using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Signing.Remote;

/// <summary>
/// One account of a signer elsewhere, over eth_signTransaction, personal_sign and eth_signTypedData_v4. Nothing that it
/// answers is believed: the signature must be of this account and over what was asked.
/// </summary>
internal sealed class RemoteSigner(string name, Address account, ChainClient client) : ISigner
{
    private const int MostAccounts = 1_000;

    public static async Task<Verdict<IReadOnlyList<Address>>> AccountsAsync(
        string name, ChainClient client, CancellationToken cancel)
    {
        var answer = await AskAsync(name, client, "eth_accounts", null, cancel);
        if (answer.Refusal is { } refusal)
            return refusal;
        var list = answer.Value!.Json;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostAccounts)
            return RemoteRefusals.Lied(name, $"no list of at most {MostAccounts} accounts");
        var accounts = new List<Address>();
        foreach (var each in list.EnumerateArray())
        {
            if (TextOf(each) is not { } text || !Address.TryParse(text, out var address))
                return RemoteRefusals.Lied(name, "an account that is none");
            accounts.Add(address);
        }

        return accounts;
    }

    public async Task<Verdict<Transaction>> SignTransactionAsync(Transaction transaction, CancellationToken cancel)
    {
        var answer = await AskAsync(
            name, client, "eth_signTransaction", w => Write(w, account, transaction), cancel);
        if (answer.Value is not { } given)
            return answer.Refusal!;

        // Some answer the bytes, some an object with the bytes in it.
        var raw = given.Json.ValueKind == JsonValueKind.Object && given.Json.TryGetProperty("raw", out var member)
            ? TextOf(member)
            : TextOf(given.Json);
        if (!Hex.TryParse(raw, out var bytes)
            || !TransactionCodec.TryDecode(bytes, out var signed, out _))
            return RemoteRefusals.Lied(name, "no signed transaction");
        if (!signed.SigningHash().Equals(transaction.SigningHash()))
            return RemoteRefusals.Lied(name, "another transaction");
        return signed.TryRecoverSender(out var sender) && sender.Equals(account)
            ? signed
            : RemoteRefusals.Lied(name, "a signature of another account");
    }

    public Task<Verdict<SignatureBytes>> SignMessageAsync(byte[] message, CancellationToken cancel) => SignAsync(
        "personal_sign",
        w =>
        {
            w.WriteStringValue(Hex.ToHex(message));
            w.WriteStringValue(account.ToString());
        },
        Eip191.HashMessage(message),
        cancel);

    public Task<Verdict<SignatureBytes>> SignTypedDataAsync(
        JsonElement typedData, Hash256 digest, CancellationToken cancel) => SignAsync(
        "eth_signTypedData_v4",
        w =>
        {
            w.WriteStringValue(account.ToString());
            w.WriteStringValue(typedData.GetRawText());
        },
        digest,
        cancel);

    private async Task<Verdict<SignatureBytes>> SignAsync(
        string method, Action<Utf8JsonWriter> parameters, Hash256 digest, CancellationToken cancel)
    {
        var answer = await AskAsync(name, client, method, parameters, cancel);
        if (answer.Value is not { } given)
            return answer.Refusal!;
        if (!Hex.TryParse(TextOf(given.Json), out var bytes) || bytes.Length != Signature.Length)
            return RemoteRefusals.Lied(name, "no signature of 65 bytes");

        // Hardware often answers the parity itself.
        if (bytes[^1] is 0 or 1)
            bytes[^1] += 27;
        return Signature.TryParse65(bytes, out var signature)
            && Secp256k1.TryRecover(digest, signature, out var signer) && signer.Equals(account)
            ? new SignatureBytes(signature.ToBytes65())
            : RemoteRefusals.Lied(name, "a signature of another account, or over something else");
    }

    private static async Task<Verdict<Answer>> AskAsync(
        string name, ChainClient client, string method, Action<Utf8JsonWriter>? parameters, CancellationToken cancel)
    {
        try
        {
            return new Answer(await client.InvokeAsync(method, parameters, cancel));
        }
        catch (RpcException e)
        {
            return RemoteRefusals.Of(name, e);
        }
        catch (ChainUnavailableException)
        {
            return RemoteRefusals.Silent(name);
        }
    }

    private static string? TextOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && EthereumRpc.RpcMember.IsAllText(element)
            ? element.GetString()
            : null;

    private static void Write(Utf8JsonWriter json, Address from, Transaction transaction)
    {
        json.WriteStartObject();
        json.WriteString("from", from.ToString());
        if (transaction.To is { } to)
            json.WriteString("to", to.ToString());
        json.WriteString("gas", Quantity(transaction.GasLimit));
        json.WriteString("nonce", Quantity(transaction.Nonce));
        json.WriteString("value", Quantity(transaction.Value));
        json.WriteString("data", Hex.ToHex(transaction.Data.Span));
        if (transaction.ChainId is { } chain)
            json.WriteString("chainId", Quantity(chain));
        if (transaction.Type == TransactionType.DynamicFee)
        {
            json.WriteString("maxFeePerGas", Quantity(transaction.MaxFeePerGas));
            json.WriteString("maxPriorityFeePerGas", Quantity(transaction.MaxPriorityFeePerGas));
        }
        else
        {
            json.WriteString("gasPrice", Quantity(transaction.MaxFeePerGas));
        }

        if (transaction.Type != TransactionType.Legacy)
            Write(json, transaction.AccessList);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<AccessListEntry> list)
    {
        json.WriteStartArray("accessList");
        foreach (var entry in list)
        {
            json.WriteStartObject();
            json.WriteString("address", entry.Address.ToString());
            json.WriteStartArray("storageKeys");
            foreach (var key in entry.StorageKeys)
                json.WriteStringValue(key.ToHex());
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Quantity(UInt256 value) => value.ToQuantity();

    private sealed record Answer(JsonElement Json);
}
