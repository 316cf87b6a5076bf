using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Typed client of the wallet daemon (specs/wallet.md). Refusals are <see cref="Errors.AitbcException"/> with the
/// daemon's code; no answer at all is <see cref="HttpRequestException"/> or, after the client's timeout, <see
/// cref="TaskCanceledException"/>. Signing changes nothing, so every call may be repeated.
/// </summary>
public sealed class WalletClient : IWalletSigner
{
    private const int MaxTokenFileBytes = 4096;
    private readonly WalletHttp wallet;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its base address is the daemon's; the caller keeps ownership.</param>
    /// <param name="token">Content of the daemon's token file.</param>
    public WalletClient(HttpClient http, string token)
    {
        wallet = new WalletHttp(http, token);
        Budgets = new BudgetClient(wallet);
        Payments = new PayClient(wallet);
    }

    /// <summary>Budgets of the wallet, as far as the token may see and change them.</summary>
    public BudgetClient Budgets { get; }

    /// <summary>Payments of x402 under a budget, and its channels.</summary>
    public PayClient Payments { get; }

    /// <summary>Reads a token file as the daemon writes it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<string> ReadTokenAsync(string path, CancellationToken cancel = default) =>
        new FileInfo(path).Length <= MaxTokenFileBytes
            ? (await File.ReadAllTextAsync(path, cancel).ConfigureAwait(false)).Trim()
            : throw new IOException($"{path} is too long for a token file.");

    /// <summary>All accounts, in order of creation.</summary>
    public async Task<IReadOnlyList<WalletAccount>> AccountsAsync(CancellationToken cancel = default)
    {
        var list = await wallet.GetAsync("v1/accounts", WalletJson.Default.WalletAccountList, cancel)
            .ConfigureAwait(false);
        return list.Accounts;
    }

    /// <summary>
    /// The account with this label; made if there is none. Repeating and racing give the same account.
    /// </summary>
    public Task<WalletAccount> CreateAsync(string label, CancellationToken cancel = default) => wallet.PostAsync(
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

    /// <summary>Imports the key of a Web3 Secret Storage file (version 3) under a label. Idempotent.</summary>
    /// <param name="keystore">Text of the file.</param>
    /// <param name="password">Password of the file.</param>
    /// <param name="label">Label of the account.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<WalletAccount> ImportKeystoreAsync(
        string keystore, string password, string label, CancellationToken cancel = default)
    {
        var body = new ImportAccountsRequest { Keystore = keystore, Password = password, Label = label };
        return (await ImportAsync(body, cancel).ConfigureAwait(false)).Accounts[0];
    }

    /// <summary>
    /// A key as text of a Web3 Secret Storage file. Needs the owner's token, the wallet's password and the confirmation
    /// in the request; wrong passwords are <c>wrong_password</c> and soon <c>too_many_attempts</c>.
    /// </summary>
    public async Task<string> ExportAsync(ExportRequest request, CancellationToken cancel = default)
    {
        var exported = await wallet.PostAsync(
            "v1/accounts/export",
            request,
            WalletJson.Default.ExportRequest,
            WalletJson.Default.ExportedKey,
            cancel).ConfigureAwait(false);
        return exported.Keystore;
    }

    /// <summary>Locks the wallet: it signs nothing (<c>wallet_locked</c>) until it is unlocked.</summary>
    public Task LockAsync(CancellationToken cancel = default) => wallet.PostAsync("v1/lock", cancel);

    /// <summary>Unlocks the wallet with its password.</summary>
    public Task UnlockAsync(string password, CancellationToken cancel = default) => wallet.PostAsync(
        "v1/unlock", new UnlockRequest(password), WalletJson.Default.UnlockRequest, cancel);

    /// <inheritdoc />
    /// <remarks>The signed bytes are decoded and their sender recovered: a wallet that signed something else is
    /// refused.</remarks>
    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var answer = await wallet.PostAsync(
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

    private Task<WalletAccountList> ImportAsync(ImportAccountsRequest body, CancellationToken cancel) =>
        wallet.PostAsync(
            "v1/accounts/import",
            body,
            WalletJson.Default.ImportAccountsRequest,
            WalletJson.Default.WalletAccountList,
            cancel);

    private async Task<Signature> SignAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await wallet.PostAsync(path, body, type, WalletJson.Default.SignatureAnswer, cancel)
            .ConfigureAwait(false);
        return Signature.TryParse65(answer.Signature, out var signature)
            ? signature
            : throw new InvalidDataException("The wallet's answer is no signature of 65 bytes.");
    }
}
