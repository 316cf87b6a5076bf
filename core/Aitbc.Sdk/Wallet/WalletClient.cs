using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Typed client of the wallet daemon (specs/wallet.md). Refusals are <see cref="AitbcException"/> with the daemon's
/// code; no answer at all is <see cref="HttpRequestException"/> or, after the client's timeout, <see
/// cref="TaskCanceledException"/>. Signing changes nothing, so every call may be repeated.
/// </summary>
public sealed class WalletClient : IWalletSigner
{
    private const int MaxTokenFileBytes = 4096;
    private const int MaxAnswerBytes = 64 * 1024 * 1024; // 100,000 accounts with the longest labels
    private readonly HttpClient http;
    private readonly AuthenticationHeaderValue authorization;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its base address is the daemon's; the caller keeps ownership.</param>
    /// <param name="token">Content of the daemon's token file.</param>
    public WalletClient(HttpClient http, string token)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentException.ThrowIfNullOrWhiteSpace(token);
        this.http = http;
        authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
    }

    /// <summary>Reads a token file as the daemon writes it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<string> ReadTokenAsync(string path, CancellationToken cancel = default) =>
        new FileInfo(path).Length <= MaxTokenFileBytes
            ? (await File.ReadAllTextAsync(path, cancel).ConfigureAwait(false)).Trim()
            : throw new IOException($"{path} is too long for a token file.");

    /// <summary>All accounts, in order of creation.</summary>
    public async Task<IReadOnlyList<WalletAccount>> AccountsAsync(CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/accounts");
        return (await SendAsync(request, WalletJson.Default.WalletAccountList, cancel).ConfigureAwait(false)).Accounts;
    }

    /// <summary>
    /// The account with this label; made if there is none. Repeating and racing give the same account.
    /// </summary>
    public Task<WalletAccount> CreateAsync(string label, CancellationToken cancel = default) => PostAsync(
        "v1/accounts",
        new CreateAccountRequest(label),
        WalletJson.Default.CreateAccountRequest,
        WalletJson.Default.WalletAccount,
        cancel);

    /// <summary>Imports the first accounts of a mnemonic under the labels prefix0, prefix1, ... Idempotent.</summary>
    public async Task<IReadOnlyList<WalletAccount>> ImportMnemonicAsync(
        string mnemonic, int count, string labelPrefix, CancellationToken cancel = default)
    {
        var body = new ImportAccountsRequest { Mnemonic = mnemonic, Count = count, LabelPrefix = labelPrefix };
        return (await ImportAsync(body, cancel).ConfigureAwait(false)).Accounts;
    }

    /// <summary>Imports one private key (32 bytes in hex) under a label. Idempotent.</summary>
    public async Task<WalletAccount> ImportPrivateKeyAsync(
        string privateKey, string label, CancellationToken cancel = default)
    {
        var body = new ImportAccountsRequest { PrivateKey = privateKey, Label = label };
        return (await ImportAsync(body, cancel).ConfigureAwait(false)).Accounts[0];
    }

    /// <inheritdoc />
    /// <remarks>The signed bytes are decoded and their sender recovered: a wallet that signed something else is
    /// refused.</remarks>
    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var answer = await PostAsync(
            "v1/sign/transaction",
            new SignTransactionRequest(from, UnsignedTransaction.From(transaction)),
            WalletJson.Default.SignTransactionRequest,
            WalletJson.Default.SignedTransaction,
            cancel).ConfigureAwait(false);
        return TransactionCodec.TryDecode(answer.Raw, out var signed, out _) && signed is not null
            && signed.SigningHash().Equals(transaction.SigningHash())
            && signed.TryRecoverSender(out var sender) && sender.Equals(from)
            ? signed
            : throw new InvalidDataException("The wallet signed something else than it was asked to.");
    }

    /// <inheritdoc />
    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        SignAsync(
            "v1/sign/message",
            new SignMessageRequest(from, message.ToArray()),
            WalletJson.Default.SignMessageRequest,
            cancel);

    /// <inheritdoc />
    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        SignAsync(
            "v1/sign/typed-data",
            new SignTypedDataRequest(from, typedData),
            WalletJson.Default.SignTypedDataRequest,
            cancel);

    private Task<WalletAccountList> ImportAsync(ImportAccountsRequest body, CancellationToken cancel) => PostAsync(
        "v1/accounts/import",
        body,
        WalletJson.Default.ImportAccountsRequest,
        WalletJson.Default.WalletAccountList,
        cancel);

    private async Task<Signature> SignAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await PostAsync(path, body, type, WalletJson.Default.SignatureAnswer, cancel)
            .ConfigureAwait(false);
        return Signature.TryParse65(answer.Signature, out var signature)
            ? signature
            : throw new InvalidDataException("The wallet's answer is no signature of 65 bytes.");
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await SendAsync(request, answerType, cancel).ConfigureAwait(false);
    }

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpRequestMessage request, JsonTypeInfo<TAnswer> answerType, CancellationToken cancel)
    {
        request.Headers.Authorization = authorization;
        using var response = await http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync(answerType, cancel).ConfigureAwait(false)
            ?? throw new InvalidDataException("The wallet's answer is empty.");
    }
}
