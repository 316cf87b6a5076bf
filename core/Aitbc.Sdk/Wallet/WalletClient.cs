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
        Messages = new MessageClient(wallet);
    }

    /// <summary>Budgets of the wallet, as far as the token may see and change them.</summary>
    public BudgetClient Budgets { get; }

    /// <summary>Payments of x402 under a budget, and its channels.</summary>
    public PayClient Payments { get; }

    /// <summary>Seals and opens messages of agents.</summary>
    public MessageClient Messages { get; }

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
    public Task<IReadOnlyList<WalletAccount>> ImportMnemonicAsync(
        string mnemonic, int count, string labelPrefix, CancellationToken cancel = default) =>
        ImportMnemonicAsync(mnemonic, null, count, labelPrefix, cancel);

    /// <summary>The same with the passphrase of the mnemonic (BIP-39), at most 512 characters; null = none.</summary>
    public async Task<IReadOnlyList<WalletAccount>> ImportMnemonicAsync(
        string mnemonic, string? passphrase, int count, string labelPrefix, CancellationToken cancel = default)
    {
        var body = new ImportAccountsRequest
        {
            Mnemonic = mnemonic,
            Passphrase = passphrase,
            Count = count,
            LabelPrefix = labelPrefix,
        };
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

    /// <summary>Signers elsewhere that the wallet is configured for, with the accounts that they list now.</summary>
    public async Task<IReadOnlyList<RemoteSignerInfo>> SignersAsync(CancellationToken cancel = default)
    {
        var list = await wallet.GetAsync("v1/signers", WalletJson.Default.RemoteSignerList, cancel)
            .ConfigureAwait(false);
        return list.Signers;
    }

    /// <summary>Takes in an account whose key is with a signer elsewhere. Idempotent.</summary>
    public Task<WalletAccount> TakeInAsync(RemoteAccountRequest request, CancellationToken cancel = default) =>
        wallet.PostAsync(
            "v1/accounts/remote",
            request,
            WalletJson.Default.RemoteAccountRequest,
            WalletJson.Default.WalletAccount,
            cancel);

    /// <summary>
    /// Writes a backup of the whole wallet, encrypted under its password, as it comes. Needs the owner's token; wrong
    /// passwords are <c>wrong_password</c> and soon <c>too_many_attempts</c>.
    /// </summary>
    /// <param name="password">The wallet's password; the file opens with it.</param>
    /// <param name="to">Where it is written.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="IOException">It ended early: what was written is no backup.</exception>
    public Task BackupAsync(string password, Stream to, CancellationToken cancel = default) => wallet.DownloadAsync(
        "v1/backup", new BackupRequest(password), WalletJson.Default.BackupRequest, to, cancel);

    /// <summary>Whether this wallet was restored and its budgets wait for the owner's word.</summary>
    public Task<RestoredInfo> RestoredAsync(CancellationToken cancel = default) =>
        wallet.GetAsync("v1/restored", WalletJson.Default.RestoredInfo, cancel);

    /// <summary>The owner's word that the budgets of a restored wallet may sign again.</summary>
    public Task ResumeAsync(string password, CancellationToken cancel = default) => wallet.PostAsync(
        "v1/restored/resume", new ResumeRequest(password), WalletJson.Default.ResumeRequest, cancel);

    /// <inheritdoc />
    /// <remarks>The signed bytes are decoded and their sender recovered: a wallet that signed something else is
    /// refused.</remarks>
    public Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        SignTransactionAsync(from, transaction, null, cancel);

    /// <summary>
    /// The same under an idempotency key: what needs the owner's approval is <c>approval_required</c> until it is
    /// there, and is signed when the same is asked for again under the same key.
    /// </summary>
    /// <param name="from">The signing account.</param>
    /// <param name="transaction">What to sign.</param>
    /// <param name="idempotencyKey">1 to 64 printable ASCII characters; null = none.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, string? idempotencyKey, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var answer = await wallet.PostAsync(
            "v1/sign/transaction",
            new SignTransactionRequest(from, UnsignedTransaction.From(transaction)),
            WalletJson.Default.SignTransactionRequest,
            WalletJson.Default.SignedTransaction,
            cancel,
            idempotencyKey).ConfigureAwait(false);
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
